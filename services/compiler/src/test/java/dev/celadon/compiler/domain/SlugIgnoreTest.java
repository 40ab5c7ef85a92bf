package dev.celadon.compiler.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SlugIgnoreTest {
    @Test
    void gitsOwnFilesLogTmpAndGemsAtTheRootAreAlwaysLeftOut() {
        SlugIgnore rules = slugignore("");
        assertIgnored(rules, ".git/config", ".gitmodules", "log/x", "tmp/a/b", "a.gem");
        assertKept(rules, "src/log/x", "src/tmp/y", "vendor/a.gem", "log.js", "logs/x", ".gitignore");
    }

    @Test
    void anEntryWithoutSlashMatchesAtEveryDepth() {
        SlugIgnore rules = slugignore("*.psd\n*.pdf\ntest\nspec\n");
        assertIgnored(rules, "a.psd", "art/deep/b.psd", "test/x.js", "lib/test/y.js", "lib/spec");
        assertKept(rules, "a.psd.txt", "testing/x", "contest");
    }

    @Test
    void aLeadingSlashAnchorsToTheRoot() {
        SlugIgnore rules = slugignore("/test\n/docs/*.md\n");
        assertIgnored(rules, "test/a", "docs/a.md");
        assertKept(rules, "lib/test/a", "docs/sub/a.md", "x/docs/a.md");
    }

    @Test
    void aSlashInTheMiddleAnchorsToo() {
        assertIgnored(slugignore("a/b"), "a/b/c");
        assertKept(slugignore("a/b"), "x/a/b");
    }

    @Test
    void aTrailingSlashMeansDirectoriesOnly() {
        SlugIgnore rules = slugignore("build/\n");
        assertIgnored(rules, "build/x", "a/build/x");
        assertKept(rules, "build");
    }

    @Test
    void slugignoreKnowsNoNegation() {
        SlugIgnore rules = slugignore("*.pdf\n!keep.pdf\n");
        assertIgnored(rules, "keep.pdf");
        assertKept(slugignore("!a"), "a", "!a");
    }

    @Test
    void commentsBlankLinesAndTrailingSpacesMeanNothing() {
        SlugIgnore rules = slugignore("# a\n\n  \r\nb   \r\n\\#c\n");
        assertIgnored(rules, "b", "#c");
        assertKept(rules, "a", "# a");
    }

    @Test
    void doubleStarsStandForAnyDepth() {
        SlugIgnore rules = slugignore("a/**/z\nlogs/**\n**/cache\n");
        assertIgnored(rules, "a/z", "a/b/z", "a/b/c/z", "logs/x", "cache", "q/r/cache/x");
        assertKept(rules, "a/b", "b/a/z");
        assertThat(rules.ignores(SourcePath.of("logs"), true)).isFalse();
    }

    @Test
    void questionMarksAndClassesMatchOneCharacter() {
        SlugIgnore rules = slugignore("a?c\n[0-9]x\n[!a-c]y\n[]]z\n*.[oa]\n");
        assertIgnored(rules, "abc", "5x", "dy", "]z", "lib/a.o", "b.a");
        assertKept(rules, "ac", "xx", "by", "z", "main.c");
    }

    @Test
    void anUnclosedClassIsTakenLiterally() {
        assertIgnored(slugignore("a[b"), "a[b");
        assertKept(slugignore("a[b"), "ab");
    }

    @Test
    void trackedFilesThatGitignoreNamesAreLeftOut() {
        SlugIgnore rules = new SlugIgnore("", Map.of(SourcePath.of("."), "*.log\nnode_modules/\n.env\n"));
        assertIgnored(rules, "a.log", "x/b.log", "node_modules/m/index.js", ".env");
        assertKept(rules, "node_modules", "env");
    }

    @Test
    void gitignoreNegatesAndTheLastRuleDecides() {
        SlugIgnore rules = new SlugIgnore("", Map.of(SourcePath.of("."), "*.log\n!keep.log\n/d/\n!/d/x\n"));
        assertKept(rules, "keep.log", "a/keep.log");
        assertIgnored(rules, "other.log", "d/x");
    }

    @Test
    void aDeeperGitignoreSpeaksLastAndOnlyOfItsOwnDirectory() {
        SlugIgnore rules =
                new SlugIgnore("", Map.of(SourcePath.of("."), "*.log\n", SourcePath.of("lib"), "!*.log\n/only\n"));
        assertKept(rules, "lib/a.log", "lib/deep/b.log", "only", "lib/x/only");
        assertIgnored(rules, "a.log", "lib/only");
    }

    @Test
    void noPatternTakesLong() {
        SlugIgnore rules = slugignore("*a".repeat(400) + "b\n" + "**/".repeat(200) + "x\n");
        assertKept(rules, "a".repeat(900), "y/".repeat(300) + "y");
    }

    private static SlugIgnore slugignore(String text) {
        return new SlugIgnore(text, Map.of());
    }

    private static void assertIgnored(SlugIgnore rules, String... paths) {
        for (String path : List.of(paths)) {
            assertThat(rules.ignores(SourcePath.of(path), false)).as(path).isTrue();
        }
    }

    private static void assertKept(SlugIgnore rules, String... paths) {
        for (String path : List.of(paths)) {
            assertThat(rules.ignores(SourcePath.of(path), false)).as(path).isFalse();
        }
    }
}
