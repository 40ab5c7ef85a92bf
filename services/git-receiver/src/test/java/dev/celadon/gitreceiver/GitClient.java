package dev.celadon.gitreceiver;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A developer's working copy and the real git. */
final class GitClient {
    final Path directory;
    private final Path ca;
    private String ssh = "false";

    GitClient(Path directory, Path ca) throws Exception {
        this.directory = Files.createDirectories(directory);
        this.ca = ca;
        run("init", "-q", "-b", "main");
    }

    /** What git printed and how it ended. */
    record Ended(int exit, String output) {}

    void commit(String file, String content) throws Exception {
        Files.writeString(directory.resolve(file), content);
        run("add", "-A");
        run("commit", "-q", "-m", "Add " + file);
    }

    /** Uses {@code key} for SSH, and no other; hosts it meets go to {@code known}. */
    GitClient withKey(Path key, Path known) {
        ssh = "ssh -F /dev/null -o BatchMode=yes -o IdentitiesOnly=yes -o IdentityAgent=none"
                + " -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile=" + known + " -i " + key;
        return this;
    }

    String run(String... arguments) throws Exception {
        Ended ended = end(start(arguments));
        if (ended.exit() != 0) {
            throw new IOException(String.join(" ", arguments) + ": " + ended.output());
        }
        return ended.output().strip();
    }

    Ended tryTo(String... arguments) throws Exception {
        return end(start(arguments));
    }

    /** Its output, also while it runs, is in {@link Running#printed}. */
    Running start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(directory.getParent(), "git", ".out");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("GIT_SSL_CAINFO", ca.toString());
        builder.environment().put("GIT_SSH_COMMAND", ssh);
        builder.environment().put("GIT_TERMINAL_PROMPT", "0");
        builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
        builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
        for (String who : List.of("AUTHOR", "COMMITTER")) {
            builder.environment().put("GIT_" + who + "_NAME", "Dev");
            builder.environment().put("GIT_" + who + "_EMAIL", "dev@example.org");
        }
        return new Running(builder.start(), output);
    }

    Ended end(Running running) throws Exception {
        if (!running.process().waitFor(60, TimeUnit.SECONDS)) {
            running.process().destroyForcibly();
            throw new IOException("git does not end: " + running.printed());
        }
        return new Ended(running.process().exitValue(), running.printed());
    }

    /** A git at work. */
    record Running(Process process, Path output) {
        String printed() throws IOException {
            return Files.readString(output, StandardCharsets.UTF_8);
        }

        /** As Ctrl-C does to the whole foreground group. */
        void interrupt() {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
