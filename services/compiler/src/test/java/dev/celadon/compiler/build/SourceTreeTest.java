package dev.celadon.compiler.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.celadon.compiler.domain.BuildRejected;
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
        assertThatThrownBy(() -> SourceTree.unpack(tar, directory.resolve("cut"), UID))
                .isInstanceOf(IOException.class);
    }

    private interface Writer {
        void write(TarArchiveOutputStream tar) throws IOException;
    }

    private void assertRejected(Writer writer) throws IOException {
        Path tar = pack(writer);
        Path target = directory.resolve("tree-" + System.nanoTime());
        assertThatThrownBy(() -> SourceTree.unpack(tar, target, UID)).isInstanceOf(BuildRejected.class);
    }

    private Path unpack(Writer writer) throws IOException {
        Path target = directory.resolve("tree-" + System.nanoTime());
        SourceTree.unpack(pack(writer), target, UID);
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
