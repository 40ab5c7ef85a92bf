package dev.celadon.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Heroku's own command line, unchanged from npm, pointed at a platform by environment variables alone. */
final class HerokuCli {
    private static final String VERSION = "11.10.0";
    private static final Path INSTALLED =
            Path.of(System.getProperty("user.home"), ".cache", "celadon", "heroku-cli-" + VERSION);

    private final RunningPlatform platform;
    private final Path home;
    private final String token;

    /**
     * @param home of one user: the command line keeps its state there
     * @param token empty for somebody who is yet to log in
     */
    HerokuCli(RunningPlatform platform, Path home, String token) throws IOException {
        this.platform = platform;
        this.home = home;
        this.token = token;
        Files.createDirectories(home.resolve("bin"));
        // git asks a `heroku` on the PATH for the token.
        Files.createSymbolicLink(home.resolve("bin/heroku"), INSTALLED.resolve("node_modules/heroku/bin/run.js"));
        Files.createDirectories(home.resolve(".cache/heroku"));
        Files.writeString(home.resolve(".cache/heroku/terms-of-service"), "");
    }

    /** Installs it once per machine; tests are skipped only where npm's registry cannot be reached. */
    static void install() throws IOException, InterruptedException {
        if (Files.exists(INSTALLED)) {
            return;
        }
        assumeTrue(
                ended(List.of("npm", "view", "heroku@" + VERSION, "version", "--fetch-retries=1"), Path.of("."))
                                .exit()
                        == 0,
                "npm's registry cannot be reached, so Heroku's command line cannot be installed");
        // Aside first, and one at a time: two runs must not mix their files, and half an installation is none.
        Path aside = Files.createDirectories(INSTALLED.resolveSibling(INSTALLED.getFileName() + ".part"));
        try (FileChannel channel = FileChannel.open(
                        aside.resolveSibling(aside.getFileName() + ".lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
                FileLock held = channel.lock()) {
            assertThat(held.isValid()).isTrue();
            if (Files.exists(INSTALLED)) {
                return;
            }
            RunningPlatform.Result npm = ended(
                    List.of("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "heroku@" + VERSION),
                    aside);
            assertThat(npm.exit()).as(npm.output()).isZero();
            Files.move(aside, INSTALLED, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** Its output, standard output and error together; fails unless it succeeds. */
    String run(Path directory, String... arguments) throws IOException, InterruptedException {
        RunningPlatform.Result result = tryTo(directory, arguments);
        assertThat(result.exit())
                .as(String.join(" ", arguments) + ":\n" + result.output())
                .isZero();
        return result.output();
    }

    RunningPlatform.Result tryTo(Path directory, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add("heroku");
        command.addAll(List.of(arguments));
        return execute(directory, command);
    }

    RunningPlatform.Result git(Path directory, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add("git");
        command.addAll(List.of(arguments));
        return execute(directory, command);
    }

    /** The same on a terminal, where it asks and waits for keys. */
    CliTerminal onTerminal(Path directory, Map<String, String> more, String... arguments) throws IOException {
        String line = "heroku " + String.join(" ", arguments);
        ProcessBuilder builder = prepared(
                directory, List.of("script", "--quiet", "--flush", "--return", "--command", line, "/dev/null"));
        builder.environment().putAll(more);
        return new CliTerminal(builder);
    }

    private RunningPlatform.Result execute(Path directory, List<String> command)
            throws IOException, InterruptedException {
        return ended(prepared(directory, command));
    }

    /** The command in its environment, not begun: for those that need a terminal or pipes of their own. */
    ProcessBuilder prepared(Path directory, List<String> command) {
        List<String> found = new ArrayList<>(command);
        if (command.get(0).equals("heroku")) {
            found.set(0, home.resolve("bin/heroku").toString());
        }
        ProcessBuilder builder = new ProcessBuilder(found).directory(directory.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("HEROKU_") || name.startsWith("CELADON_"));
        builder.environment().putAll(environment());
        if (!token.isEmpty()) {
            builder.environment().put("HEROKU_API_KEY", token);
        }
        return builder;
    }

    private Map<String, String> environment() {
        String api = "http://127.0.0.1:"
                + URI.create(platform.variable("CELADON_API_URL")).getPort();
        String git = platform.variable("CELADON_GIT_HOST");
        return Map.ofEntries(
                Map.entry("HOME", home.toString()),
                Map.entry("XDG_CACHE_HOME", home.resolve(".cache").toString()),
                Map.entry("XDG_DATA_HOME", home.resolve(".local/share").toString()),
                Map.entry("XDG_CONFIG_HOME", home.resolve(".config").toString()),
                Map.entry("PATH", home.resolve("bin") + ":" + System.getenv("PATH")),
                Map.entry("HEROKU_HOST", api),
                Map.entry("HEROKU_GIT_HOST", "127.0.0.1:" + git.substring(git.lastIndexOf(':') + 1)),
                Map.entry("HEROKU_PARTICLEBOARD_URL", api),
                Map.entry("HEROKU_LOGIN_HOST", api),
                Map.entry("HEROKU_STATUS_HOST", api),
                Map.entry("HEROKU_BUILDPACK_REGISTRY_URL", api),
                Map.entry("HEROKU_DATA_HOST", "127.0.0.1"),
                Map.entry("HEROKU_NETRC_WRITE", "true"),
                Map.entry("HEROKU_SKIP_NEW_VERSION_CHECK", "true"),
                Map.entry("HEROKU_DISABLE_AUTOUPDATE", "true"),
                Map.entry("HEROKU_NOTIFICATIONS", "0"),
                Map.entry("DISABLE_TELEMETRY", "true"),
                Map.entry("GIT_TERMINAL_PROMPT", "0"),
                Map.entry("NODE_EXTRA_CA_CERTS", platform.variable("CELADON_CA")),
                Map.entry("GIT_SSL_CAINFO", platform.variable("CELADON_CA")));
    }

    private static RunningPlatform.Result ended(List<String> command, Path directory)
            throws IOException, InterruptedException {
        return ended(new ProcessBuilder(command).directory(directory.toFile()));
    }

    private static RunningPlatform.Result ended(ProcessBuilder builder) throws IOException, InterruptedException {
        Path output = Files.createTempFile("command", ".out");
        try {
            Process process = builder.redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(output.toFile())
                    .start();
            boolean hasEnded = process.waitFor(4, TimeUnit.MINUTES);
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            String text = Files.readString(output);
            assertThat(hasEnded)
                    .as(builder.command() + " does not end:\n" + text)
                    .isTrue();
            return new RunningPlatform.Result(process.exitValue(), text);
        } finally {
            Files.deleteIfExists(output);
        }
    }
}
