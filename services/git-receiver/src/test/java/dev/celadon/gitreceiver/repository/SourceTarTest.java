package dev.celadon.gitreceiver.repository;

import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.contract.SourceTars;
import dev.celadon.runtime.Processes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceTarTest {
    private static final String COMMIT = "0123456789012345678901234567890123456789";

    @TempDir
    Path directory;

    @Test
    void filesLinksAndThePlacesOfSubmodulesAreInIt() throws Exception {
        git("init", "-q");
        Files.writeString(directory.resolve("plain"), "text");
        Files.createDirectory(directory.resolve("bin"));
        assertThat(Files.writeString(directory.resolve("bin/run"), "#!")
                        .toFile()
                        .setExecutable(true))
                .isTrue();
        Files.createSymbolicLink(directory.resolve("link"), Path.of("bin/run"));
        git("add", "-A");
        git("update-index", "--add", "--cacheinfo", "160000," + COMMIT + ",lib/theirs");
        git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "x");
        List<String> entries = new ArrayList<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(tar()), "UTF-8")) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                String commit = entry.getExtraPaxHeader(SourceTars.SUBMODULE);
                entries.add(entry.getName() + " " + Integer.toOctalString(entry.getMode() & 0111) + entry.getLinkName()
                        + (commit == null ? "" : " " + commit));
            }
        }
        assertThat(entries).containsExactly("bin/run 111", "lib/theirs/ 111 " + COMMIT, "link 0bin/run", "plain 0");
    }

    private byte[] tar() throws Exception {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        try (Repository repository = new FileRepositoryBuilder()
                .setGitDir(directory.resolve(".git").toFile())
                .build()) {
            new SourceTar(repository, git("rev-parse", "HEAD")).writeTo(tar);
        }
        return tar.toByteArray();
    }

    private String git(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("git", "-C", directory.toString()));
        command.addAll(List.of(arguments));
        return Processes.runBlocking(Duration.ofSeconds(10), command, "")
                .orFail("git")
                .output()
                .strip();
    }
}
