package dev.celadon.compiler.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import org.junit.jupiter.api.Test;

class ProcfileTest {
    @Test
    void typesKeepTheirOrder() {
        assertThat(Procfile.parse("web: node a.js\nworker: node b.js\nclock: x\n")
                        .processTypes())
                .containsExactly(entry("web", "node a.js"), entry("worker", "node b.js"), entry("clock", "x"));
    }

    @Test
    void spacesTabsCarriageReturnsAndAMissingLastLineEndDoNotMatter() {
        assertThat(Procfile.parse("\tweb:node a.js  \r\n  worker :\t\tnode b.js\r\nx_y-1: :")
                        .processTypes())
                .containsExactly(entry("web", "node a.js"), entry("worker", "node b.js"), entry("x_y-1", ":"));
    }

    @Test
    void blankLinesCommentsAndAByteOrderMarkMeanNothing() {
        assertThat(Procfile.parse("\uFEFF# comment\n\n   \n  # more\nweb: a # b\n")
                        .processTypes())
                .containsExactly(entry("web", "a # b"));
    }

    @Test
    void anEmptyFileDeclaresNothing() {
        assertThat(Procfile.parse("").processTypes()).isEmpty();
        assertThat(Procfile.parse("\n\r\n").processTypes()).isEmpty();
    }

    @Test
    void commandsMayBeAnyUnicode() {
        assertThat(Procfile.parse("web: echo \"grüß 世界 🎉\"").processTypes())
                .containsEntry("web", "echo \"grüß 世界 🎉\"");
    }

    @Test
    void aTypeHasUpTo127Characters() {
        assertThat(Procfile.parse("a".repeat(127) + ": x").processTypes()).containsKey("a".repeat(127));
        assertRejected("a".repeat(128) + ": x", "line 1: " + "a".repeat(60) + "...");
    }

    @Test
    void aLineThatDoesNotParseIsNamedWithNumberAndText() {
        assertRejected("web: a\n\nthis is no line\n", "line 3: this is no line");
        assertRejected("web: a\nwör ker: b", "line 2: wör ker: b");
        assertRejected(": a", "line 1: : a");
        assertRejected("web a\u0007", "line 1: web a?");
    }

    @Test
    void aTypeNeedsACommand() {
        assertRejected("web:", "line 1: no command: web:");
        assertRejected("web: x\nworker:   \n", "line 2: no command: worker:");
    }

    @Test
    void aTypeIsDeclaredOnce() {
        assertRejected("web: x\nweb: y", "line 2: declared twice: web: y");
    }

    private static void assertRejected(String text, String where) {
        assertThatThrownBy(() -> Procfile.parse(text))
                .isInstanceOf(BuildRejected.class)
                .hasMessage("Procfile does not parse: " + where);
    }
}
