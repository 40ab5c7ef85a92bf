package dev.celadon.compiler.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SlugRulesTest {
    private static final long MB = 1 << 20;

    @Test
    void sizesAreWrittenInMegabytesOrKilobytes() {
        assertThat(new SlugSize(18_140_365).text()).isEqualTo("17.3MB");
        assertThat(new SlugSize(4_096).text()).isEqualTo("4K");
        assertThat(new SlugSize(1).text()).isEqualTo("1K");
        assertThat(new SlugSize(MB).text()).isEqualTo("1.0MB");
    }

    @Test
    void aSlugOverTheLimitIsRefusedWithBothSizes() {
        new SlugSize(200 * MB).check(200 * MB);
        assertThatThrownBy(() -> new SlugSize(200 * MB + 1_363_149).check(200 * MB))
                .hasMessage("slug too large: 201.3MB (limit: 200MB)");
    }

    @Test
    void aLargeSlugGetsAdviceBeforeItsSize() {
        assertThat(new SlugSize(50 * MB).lines(50 * MB)).containsExactly("-----> Compiled slug size is 50.0MB");
        assertThat(new SlugSize(60 * MB).lines(50 * MB))
                .hasSize(4)
                .anyMatch(line -> line.contains(".slugignore"))
                .anyMatch(line -> line.contains("asset store"))
                .last()
                .isEqualTo("-----> Compiled slug size is 60.0MB");
    }

    @Test
    void theProcfileWinsOverDefaults() {
        ProcessTypes types = new ProcessTypes(
                "Node.js", Procfile.parse("worker: w\nweb: mine"), Map.of("web", "npm start", "console", "node"));
        assertThat(types.all()).containsExactly(entry("worker", "w"), entry("web", "mine"), entry("console", "node"));
        assertThat(types.lines())
                .containsExactly(
                        "-----> Discovering process types",
                        "       Procfile declares types      -> worker, web",
                        "       Default types for Node.js    -> console");
    }

    @Test
    void withoutProcfileTheDefaultsStand() {
        assertThat(new ProcessTypes("Ruby/Rails", Procfile.NONE, Map.of("web", "x", "console", "c")).lines())
                .containsExactly(
                        "-----> Discovering process types",
                        "       Procfile declares types      -> (none)",
                        "       Default types for Ruby/Rails -> console, web");
    }

    @Test
    void pathsThatLeaveTheTreeAreRefused() {
        assertThat(SourcePath.of("./a//b/").segments()).containsExactly("a", "b");
        assertThat(SourcePath.of("./").isRoot()).isTrue();
        for (String unsafe : new String[] {"/etc/passwd", "../x", "a/../../x", "a/..", "a\0b"}) {
            assertThatThrownBy(() -> SourcePath.of(unsafe)).isInstanceOf(BuildRejected.class);
        }
    }

    @Test
    void configVarsBecomeFilesWhenTheirKeyCanNameOne() {
        assertThat(BuildVariables.files(Map.of("A_1", "x", "../etc", "y", "", "z", "a b", "q", "1A", "r")))
                .containsExactly(entry("A_1", "x"));
    }
}
