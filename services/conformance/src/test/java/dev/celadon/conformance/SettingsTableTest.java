package dev.celadon.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.deploy.Settings;
import dev.celadon.deploy.SettingsTable;
import dev.celadon.runtime.Environment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTableTest {
    /** Printed by {@code celadon settings}; the cluster's name differs per platform and is left out. */
    @Test
    void theDocumentedSettingsAreTheRealOnes() throws Exception {
        Environment environment = new Environment(Map.of());
        Settings.from(environment);
        String documented = Files.readString(Path.of("../../docs/settings.md"));
        SettingsTable.of(environment)
                .lines()
                .filter(line -> !line.contains("CELADON_CLUSTER_NAME"))
                .forEach(line -> assertThat(documented).contains(line));
    }
}
