package dev.celadon.compiler.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.celadon.compiler.domain.BuildRejected;
import dev.celadon.compiler.domain.SourcePath;
import dev.celadon.compiler.domain.Submodule;
import dev.celadon.contract.SourceTars;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceTreeTest {
    private static final SourceTree.Limits PLAIN = new SourceTree.Limits(1 << 30, false);
    private static final int UID = 300_123;

    @TempDir
    Path directory;

    @Test
    void filesDirectoriesAndLinksComeOutOwnedByTheApp() throws Exception {
        Path tree = unpack(tar -> {
            entry(tar, "bin/run", "echo", 0755);
            entry(tar, "a.txt", "text", 0644);
            link(tar, "to-app", "/app/a.txt", TarConstants.LF_SYMLINK);
        });
        assertThat(tree.resolve("bin/run")).isExecutable();
        assertThat(tree.resolve("a.txt")).hasContent("text");
        assertThat(Files.readSymbolicLink(tree.resolve("to-app"))).hasToString("/app/a.txt");
        for (String made : new String[] {"", "bin", "bin/run", "a.txt", "to-app"}) {
            assertThat(Files.getAttribute(tree.resolve(made), "unix:uid", LinkOption.NOFOLLOW_LINKS))
                    .isEqualTo(UID);
        }
    }

    @Test
    void whatABuildDoesNotSeeIsNotWritten() throws Exception {
        Path tree = unpack(tar -> {
            entry(tar, "z.pdf", "x", 0644);
            entry(tar, "log/a", "x", 0644);
            entry(tar, "tmp/a", "x", 0644);
            entry(tar, ".gitmodules", "x", 0644);
            entry(tar, "sub/secret", "x", 0644);
            entry(tar, "keep", "x", 0644);
            entry(tar, ".slugignore", "*.pdf\n", 0644);
            entry(tar, "sub/.gitignore", "secret\n", 0644);
        });
        assertThat(tree.toFile().list()).containsExactlyInAnyOrder("keep", ".slugignore", "sub");
        assertThat(tree.resolve("sub").toFile().list()).containsExactly(".gitignore");
    }

    @Test
    void whereASubmoduleBelongsIsAnEmptyDirectory() throws Exception {
        String commit = "0123456789012345678901234567890123456789";
        Path source = pack(tar -> {
            entry(tar, ".gitmodules", "[submodule \"x\"]\npath = lib/x\nurl = https://h.example/x.git\n", 0644);
            for (String place : new String[] {"lib/x/", "log/x/"}) {
                TarArchiveEntry entry = new TarArchiveEntry(place);
                entry.addPaxHeader(SourceTars.SUBMODULE, commit);
                tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
                tar.putArchiveEntry(entry);
                tar.closeArchiveEntry();
            }
        });
        Path tree = directory.resolve("tree");
        assertThat(SourceTree.unpack(source, tree, UID, PLAIN))
                .containsExactly(new Submodule(SourcePath.of("lib/x"), "https://h.example/x.git", commit));
        assertThat(tree.resolve("lib/x")).isEmptyDirectory();
    }

    @Test
    void nothingIsWrittenThroughALink() throws Exception {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        assertRejected(tar -> {
            link(tar, "d", outside.toString(), TarConstants.LF_SYMLINK);
            entry(tar, "d/planted", "x", 0644);
        });
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void aFileInPlaceOfALinkIsRefused() throws Exception {
        Path outside = Files.writeString(directory.resolve("victim"), "mine");
        assertRejected(tar -> {
            link(tar, "f", outside.toString(), TarConstants.LF_SYMLINK);
            entry(tar, "f", "theirs", 0644);
        });
        assertThat(outside).hasContent("mine");
    }

    @Test
    void pathsOutHardLinksAndDevicesAreRefused() throws Exception {
        assertRejected(tar -> entry(tar, "../planted", "x", 0644));
        assertRejected(tar -> entry(tar, "a/../../planted", "x", 0644));
        assertRejected(tar -> entry(tar, "/planted", "x", 0644));
        assertRejected(tar -> link(tar, "h", "/etc/passwd", TarConstants.LF_LINK));
        assertRejected(tar -> link(tar, "n", "", TarConstants.LF_CHR));
        assertRejected(tar -> link(tar, "p", "", TarConstants.LF_FIFO));
        assertThat(directory.resolve("planted")).doesNotExist();
    }

    @Test
    void aTreeThatIsCutShortFails() throws Exception {
        Path tar = pack(out -> entry(out, "big", "x".repeat(20_000), 0644));
        Files.write(tar, java.util.Arrays.copyOf(Files.readAllBytes(tar), 10_000));
        assertThatThrownBy(() -> SourceTree.unpack(tar, directory.resolve("cut"), UID, PLAIN))
                .isInstanceOf(BuildRejected.class)
                .hasMessageContaining("not all of one");
    }

    @Test
    void aZippedArchiveInOneDirectoryIsLiftedOutOfIt() throws Exception {
        Path archive = zip(pack(tar -> {
            entry(tar, "repo-1.0/Procfile", "web: x\n", 0644);
            entry(tar, "repo-1.0/.slugignore", "*.pdf\n", 0644);
            entry(tar, "repo-1.0/lib/a.rb", "a", 0644);
            entry(tar, "repo-1.0/a.pdf", "a", 0644);
        }));
        Path tree = directory.resolve("lifted");
        SourceTree.unpack(archive, tree, UID, new SourceTree.Limits(1 << 20, true));
        assertThat(tree.resolve("Procfile")).hasContent("web: x");
        assertThat(tree.resolve("lib/a.rb")).exists();
        assertThat(tree.resolve("a.pdf")).doesNotExist();
    }

    @Test
    void anArchiveWithMoreThanOneThingAtItsRootStaysAsItIs() throws Exception {
        Path archive = zip(pack(tar -> {
            entry(tar, "lib/a.rb", "a", 0644);
            entry(tar, "Procfile", "web: x\n", 0644);
        }));
        Path tree = directory.resolve("as-it-is");
        SourceTree.unpack(archive, tree, UID, new SourceTree.Limits(1 << 20, true));
        assertThat(tree.resolve("lib/a.rb")).exists();
        Path single = directory.resolve("single");
        SourceTree.unpack(
                zip(pack(tar -> entry(tar, "Procfile", "web: x\n", 0644))),
                single,
                UID,
                new SourceTree.Limits(1 << 20, true));
        assertThat(single.resolve("Procfile")).exists();
    }

    @Test
    void anArchiveLeavesItsTreeByNoWay() throws Exception {
        Path archive = zip(pack(tar -> {
            entry(tar, "repo/Procfile", "x", 0644);
            entry(tar, "repo/../../planted", "x", 0644);
        }));
        assertThatThrownBy(() -> SourceTree.unpack(
                        archive, directory.resolve("tree"), UID, new SourceTree.Limits(1 << 20, true)))
                .isInstanceOf(BuildRejected.class);
        assertThat(directory.resolve("planted")).doesNotExist();
    }

    @Test
    void aSmallArchiveOfAHugeTreeIsRefused() throws Exception {
        Path archive = zip(pack(tar -> entry(tar, "big", "x".repeat(3 << 20), 0644)));
        assertThat(Files.size(archive)).isLessThan(64 << 10);
        assertThatThrownBy(() -> SourceTree.unpack(
                        archive, directory.resolve("tree"), UID, new SourceTree.Limits(2 << 20, true)))
                .isInstanceOf(BuildRejected.class)
                .hasMessage("source is too large (limit: 2MB)");
    }

    @Test
    void whatIsNoArchiveOrOnlyHalfOfOneIsRefused() throws Exception {
        Path whole = zip(pack(tar -> entry(
                tar,
                "big",
                new java.util.Random(7).doubles(9_000).boxed().toList().toString(),
                0644)));
        Path half = directory.resolve("half.tgz");
        Files.write(half, java.util.Arrays.copyOf(Files.readAllBytes(whole), (int) Files.size(whole) / 2));
        Path text = Files.writeString(directory.resolve("text"), "<html>".repeat(1_000));
        Path mangled = directory.resolve("mangled.tgz");
        Files.write(mangled, new byte[] {0x1f, (byte) 0x8b, 1, 2, 3, 4});
        for (Path archive : java.util.List.of(half, text, mangled)) {
            Path tree = directory.resolve("tree-" + System.nanoTime());
            assertThatThrownBy(() -> SourceTree.unpack(archive, tree, UID, new SourceTree.Limits(2 << 20, true)))
                    .isInstanceOf(BuildRejected.class)
                    .hasMessageContaining("archive, or not all of one");
        }
    }

    private Path zip(Path tar) throws IOException {
        Path zipped = directory.resolve(tar.getFileName() + ".gz");
        try (var out = new java.util.zip.GZIPOutputStream(Files.newOutputStream(zipped))) {
            Files.copy(tar, out);
        }
        return zipped;
    }

    private interface Writer {
        void write(TarArchiveOutputStream tar) throws IOException;
    }

    private void assertRejected(Writer writer) throws IOException {
        Path tar = pack(writer);
        Path target = directory.resolve("tree-" + System.nanoTime());
        assertThatThrownBy(() -> SourceTree.unpack(tar, target, UID, PLAIN)).isInstanceOf(BuildRejected.class);
    }

    private Path unpack(Writer writer) throws IOException {
        Path target = directory.resolve("tree-" + System.nanoTime());
        SourceTree.unpack(pack(writer), target, UID, PLAIN);
        return target;
    }

    private Path pack(Writer writer) throws IOException {
        Path file = directory.resolve("source-" + System.nanoTime() + ".tar");
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(Files.newOutputStream(file), "UTF-8")) {
            writer.write(tar);
        }
        return file;
    }

    private static void entry(TarArchiveOutputStream tar, String name, String text, int mode) throws IOException {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(name, true);
        entry.setMode(0100000 | mode);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private static void link(TarArchiveOutputStream tar, String name, String target, byte kind) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, kind);
        entry.setLinkName(target);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }
}
