package dev.celadon.compiler.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.celadon.compiler.domain.Buildpack.Kind;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BuildpackTest {
    @Test
    void aBuildpackIsBuiltInOrAGitUrlOrAnArchive() {
        assertThat(Buildpack.parse("heroku/nodejs")).isEqualTo(new Buildpack(Kind.BUILT_IN, "nodejs", ""));
        assertThat(Buildpack.parse("python")).isEqualTo(new Buildpack(Kind.BUILT_IN, "python", ""));
        assertThat(Buildpack.parse("urn:buildpack:heroku/java")).isEqualTo(new Buildpack(Kind.BUILT_IN, "java", ""));
        assertThat(Buildpack.parse("https://h.example/a/b.git#v1.2"))
                .isEqualTo(new Buildpack(Kind.GIT, "https://h.example/a/b.git", "v1.2"));
        assertThat(Buildpack.parse("git://h.example/b#feature/x"))
                .isEqualTo(new Buildpack(Kind.GIT, "git://h.example/b", "feature/x"));
        assertThat(Buildpack.parse("https://h.example/b"))
                .isEqualTo(new Buildpack(Kind.GIT, "https://h.example/b", ""));
        assertThat(Buildpack.parse("https://h.example/b.tgz"))
                .isEqualTo(new Buildpack(Kind.ARCHIVE, "https://h.example/b.tgz", ""));
        assertThat(Buildpack.parse("http://h.example/b.tar.gz?sig=1%2F").kind()).isEqualTo(Kind.ARCHIVE);
        assertThat(Buildpack.parse("https://h.example/b.git#v1").text()).isEqualTo("https://h.example/b.git#v1");
        assertThat(Buildpack.parse("nodejs").text()).isEqualTo("heroku/nodejs");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "heroku/cobol",
                "file:///etc",
                "ssh://git@h.example/b",
                "git@h.example:b.git",
                "--upload-pack=x",
                "https://h.example/b#",
                "https://h.example/b#-x",
                "https://h.example/b#a b",
                "https://h.example/b#../x",
                "https://h.example/b\nbuilt_in - nodejs",
                "https://h.example/ b"
            })
    void everythingElseIsRefusedByName(String text) {
        assertThatThrownBy(() -> Buildpack.parse(text))
                .isInstanceOf(BuildRejected.class)
                .hasMessageStartingWith("unknown buildpack ")
                .hasMessageContaining("expected: ");
    }

    @Test
    void theFirstPlaceThatSaysSomethingCounts() {
        Optional<String> none = Optional.empty();
        Optional<String> file = Optional.of("# ours\n\n  heroku/java \nhttps://h.example/b.git#x\n");
        List<String> set = List.of("heroku/python");
        List<String> manifest = List.of("heroku/nodejs");
        assertThat(texts(BuildpackChoice.of(Optional.of(" https://h.example/c "), file, set, manifest)))
                .containsExactly("https://h.example/c");
        assertThat(texts(BuildpackChoice.of(Optional.of(""), file, set, manifest)))
                .containsExactly("heroku/java", "https://h.example/b.git#x");
        assertThat(texts(BuildpackChoice.of(none, Optional.of("\n#\n"), set, manifest)))
                .containsExactly("heroku/python");
        assertThat(texts(BuildpackChoice.of(none, none, List.of(), manifest))).containsExactly("heroku/nodejs");
        assertThat(texts(BuildpackChoice.of(none, none, List.of(), List.of()))).isEmpty();
    }

    @Test
    void thereIsALimitToTheirNumber() {
        List<String> many = Collections.nCopies(21, "heroku/nodejs");
        assertThatThrownBy(() -> BuildpackChoice.of(Optional.empty(), Optional.empty(), many, List.of()))
                .isInstanceOf(BuildRejected.class)
                .hasMessage("too many buildpacks: 21 (limit: 20)");
    }

    private static List<String> texts(BuildpackChoice choice) {
        return choice.buildpacks().stream().map(Buildpack::text).toList();
    }
}
