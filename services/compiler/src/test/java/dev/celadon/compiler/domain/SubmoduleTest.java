package dev.celadon.compiler.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubmoduleTest {
    private static final String COMMIT = "0123456789012345678901234567890123456789";

    @Test
    void eachHasTheUrlOfItsPath() {
        String gitmodules = """
                # theirs
                [submodule "one"]
                \tpath = lib/one
                \turl = https://h.example/one.git
                [submodule "two"]
                url="git://h.example/two"
                path=two words
                [submodule "unused"]
                path = three
                """;
        SourcePath one = SourcePath.of("lib/one");
        SourcePath two = SourcePath.of("two words");
        assertThat(Submodule.of(gitmodules, Map.of(one, COMMIT)))
                .containsExactly(new Submodule(one, "https://h.example/one.git", COMMIT));
        assertThat(Submodule.of(gitmodules, Map.of(two, COMMIT)))
                .containsExactly(new Submodule(two, "git://h.example/two", COMMIT));
        assertThat(Submodule.of("", Map.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[submodule \"x\"]\npath = lib\n",
                "[submodule \"x\"]\npath = lib\n[submodule \"y\"]\nurl = https://h.example/x\n",
                "path = lib\nurl = git@h.example:x.git",
                "path = lib\nurl = ../x.git",
                "path = lib\nurl = file:///etc",
                "path = lib\nurl = --upload-pack=x",
                "path = lib\nurl = https://h.example/ x"
            })
    void oneThatNobodyCanFetchIsNamed(String gitmodules) {
        assertThatThrownBy(() -> Submodule.of(gitmodules, Map.of(SourcePath.of("lib"), COMMIT)))
                .isInstanceOf(BuildRejected.class)
                .hasMessageStartingWith("submodule install failed: lib has the URL \"");
    }

    @Test
    void whatIsNoCommitIsRefused() {
        assertThatThrownBy(() -> Submodule.of(
                        "path = lib\nurl = https://h.example/x", Map.of(SourcePath.of("lib"), "x\nsecond line")))
                .isInstanceOf(BuildRejected.class);
    }
}
