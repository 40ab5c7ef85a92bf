package dev.celadon.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** One platform for all tests of Heroku's command line: each makes apps and accounts of its own. */
final class SharedGround implements ParameterResolver {
    static final String PASSWORD = "operators-password";

    private static final Map<String, String> SETTINGS = Map.of(
            "CELADON_ADMIN_PASSWORD", PASSWORD, "CELADON_WEBHOOK_RETRY", "500ms", "CELADON_DRAIN_RETRY", "200ms");

    /** Ends with the test run. */
    private record Shared(Path directory, CliGround ground) implements AutoCloseable {
        static Shared start(String key) {
            try {
                Path directory = Files.createTempDirectory("celadon-cli");
                CliGround ground = new CliGround(directory, SETTINGS);
                ground.secret(PASSWORD);
                return new Shared(directory, ground);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        }

        @Override
        public void close() throws Exception {
            ground.close();
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return parameter.getParameter().getType().equals(CliGround.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
        return test.getRoot()
                .getStore(Namespace.create(SharedGround.class))
                .getOrComputeIfAbsent("ground", Shared::start, Shared.class)
                .ground();
    }
}
