package dev.celadon.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Heroku's own command line, unmodified, pointed at a platform by environment variables only. It is installed once from
 * npm into a cache outside this repository (system property {@code celadon.heroku-cli}).
 */
final class OfficialCli {
    private static final String PACKAGE = "heroku@11.10.0";
    private static final Path INSTALLED = Path.of(System.getProperty(
            "celadon.heroku-cli", System.getProperty("user.home") + "/.cache/celadon/heroku-cli-11.10.0"));

    private final Path home;
    private final Map<String, String> environment;

    /** @param home of the command line's own state, private to the test */
    OfficialCli(RunningPlatform platform, Path home) throws IOException, InterruptedException {
        this.home = home;
        install();
        Files.createDirectories(home.resolve(".cache/heroku"));
        Files.createDirectories(home.resolve("bin"));
        // It warns on each start until this file is there.
        Files.writeString(home.resolve(".cache/heroku/terms-of-service"), "");
        Files.createSymbolicLink(home.resolve("bin/heroku"), INSTALLED.resolve("node_modules/heroku/bin/run.js"));
        String api = platform.variable("CELADON_API_URL");
        String host = api.substring(api.indexOf("://") + 3);
        this.environment = Map.ofEntries(
                Map.entry("HOME", home.toString()),
                Map.entry("XDG_CACHE_HOME", home.resolve(".cache").toString()),
                Map.entry("XDG_DATA_HOME", home.resolve(".local").toString()),
                Map.entry("XDG_CONFIG_HOME", home.resolve(".config").toString()),
                Map.entry("PATH", home.resolve("bin") + ":" + System.getenv("PATH")),
                Map.entry("HEROKU_HOST", api),
                Map.entry("HEROKU_GIT_HOST", platform.variable("CELADON_GIT_HOST")),
                Map.entry("HEROKU_API_KEY", platform.variable("CELADON_TOKEN")),
                Map.entry("HEROKU_PARTICLEBOARD_URL", api),
                Map.entry("HEROKU_LOGIN_HOST", api),
                Map.entry("HEROKU_STATUS_HOST", api),
                Map.entry("HEROKU_BUILDPACK_REGISTRY_URL", api),
                Map.entry("HEROKU_ANALYTICS_URL", api + "/analytics"),
                Map.entry("HEROKU_DATA_HOST", host.substring(0, host.indexOf(':'))),
                Map.entry("HEROKU_NETRC_WRITE", "true"),
                Map.entry("NODE_EXTRA_CA_CERTS", platform.variable("CELADON_CA")),
                Map.entry("GIT_SSL_CAINFO", platform.variable("CELADON_CA")),
                Map.entry("GIT_TERMINAL_PROMPT", "0"),
                Map.entry("DISABLE_TELEMETRY", "true"),
                Map.entry("HEROKU_SKIP_NEW_VERSION_CHECK", "true"),
                Map.entry("HEROKU_DISABLE_AUTOUPDATE", "true"),
                Map.entry("HEROKU_NOTIFICATIONS", "0"));
    }

    /** The output of a command that ends with 0. */
    String heroku(Path directory, String... arguments) throws IOException, InterruptedException {
        RunningPlatform.Result result = run(directory, Map.of(), heroku(arguments));
        assertThat(result.exit())
                .as("heroku " + String.join(" ", arguments) + "\n" + result.output())
                .isZero();
        return result.output();
    }

    RunningPlatform.Result herokuAs(String token, Path directory, String... arguments)
            throws IOException, InterruptedException {
        return run(directory, Map.of("HEROKU_API_KEY", token), heroku(arguments));
    }

    /** Another program in the same environment, such as git, which asks the command line for credentials. */
    RunningPlatform.Result run(Path directory, Map<String, String> more, List<String> command)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile(home, "output", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("HEROKU_") || name.toLowerCase(java.util.Locale.ROOT).endsWith("_proxy"));
        builder.environment().putAll(environment);
        builder.environment().putAll(more);
        Process process = builder.start();
        boolean isOver = process.waitFor(2, TimeUnit.MINUTES);
        process.destroyForcibly();
        String text = Files.readString(output);
        assertThat(isOver).as(String.join(" ", command) + " did not end\n" + text).isTrue();
        return new RunningPlatform.Result(process.waitFor(), text);
    }

    private List<String> heroku(String... arguments) {
        List<String> command = new java.util.ArrayList<>(List.of(home.resolve("bin/heroku").toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    private static void install() throws IOException, InterruptedException {
        Path entry = INSTALLED.resolve("node_modules/heroku/bin/run.js");
        if (Files.exists(entry)) {
            return;
        }
        Files.createDirectories(INSTALLED);
        try {
            Process npm = new ProcessBuilder("npm", "install", "--no-audit", "--no-fund", PACKAGE)
                    .directory(INSTALLED.toFile())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(npm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assumeThat(npm.waitFor())
                    .as(PACKAGE + " cannot be installed, so the official command line is not tested: " + said)
                    .isZero();
        } catch (IOException noNpm) {
            assumeThat(noNpm)
                    .as("there is no npm, so the official command line is not tested")
                    .isNull();
        }
    }
}
