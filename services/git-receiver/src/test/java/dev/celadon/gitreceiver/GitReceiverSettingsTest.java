package dev.celadon.gitreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.celadon.runtime.Environment;
import dev.celadon.runtime.InvalidSettings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GitReceiverSettingsTest {
    @Test
    void theDefaultsArePromised() {
        GitReceiverSettings settings = GitReceiverSettings.from(new Environment(Map.of()));
        assertThat(settings.bind()).isEqualTo("0.0.0.0");
        assertThat(settings.port()).isEqualTo(5443);
        assertThat(settings.ssh()).isEqualTo(new GitReceiverSettings.Ssh(2222, 256, Duration.ofSeconds(20)));
        assertThat(settings.requestsPerHour()).isEqualTo(75);
        assertThat(settings.maxPackBytes()).isEqualTo(1L << 30);
        assertThat(settings.pushWorkers()).isEqualTo(16);
        assertThat(settings.buildLimit()).isEqualTo(Duration.ofMinutes(15));
        assertThat(settings.liveLimit()).isEqualTo(Duration.ofSeconds(90));
        assertThat(settings.platformName()).isEqualTo("Heroku");
    }

    @Test
    void everySettingIsReadFromItsVariable() {
        GitReceiverSettings settings = GitReceiverSettings.from(new Environment(Map.ofEntries(
                Map.entry("CELADON_GIT_BIND", "127.0.0.1"),
                Map.entry("CELADON_GIT_PORT", "7"),
                Map.entry("CELADON_GIT_SSH_PORT", "8"),
                Map.entry("CELADON_GIT_SSH_CONNECTIONS", "9"),
                Map.entry("CELADON_GIT_SSH_LOGIN", "11s"),
                Map.entry("CELADON_GIT_REQUESTS", "12"),
                Map.entry("CELADON_GIT_MAX_PACK", "2MB"),
                Map.entry("CELADON_GIT_PUSH_WORKERS", "3"),
                Map.entry("CELADON_GIT_BUILD_LIMIT", "1m"),
                Map.entry("CELADON_GIT_LIVE_LIMIT", "2s"),
                Map.entry("CELADON_GIT_LOOK", "10ms"),
                Map.entry("CELADON_GIT_SWEEP", "4s"),
                Map.entry("CELADON_PLATFORM_NAME", "Celadon"))));
        assertThat(settings)
                .isEqualTo(new GitReceiverSettings(
                        "127.0.0.1",
                        7,
                        new GitReceiverSettings.Ssh(8, 9, Duration.ofSeconds(11)),
                        12,
                        2L << 20,
                        3,
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(2),
                        Duration.ofMillis(10),
                        Duration.ofSeconds(4),
                        "Celadon"));
    }

    @Test
    void nonsenseIsRefusedByName() {
        Environment environment =
                new Environment(Map.of("CELADON_GIT_PUSH_WORKERS", "0", "CELADON_GIT_BUILD_LIMIT", "soon"));
        assertThat(GitReceiverSettings.from(environment).pushWorkers()).isEqualTo(16);
        assertThatThrownBy(environment::verify)
                .isInstanceOf(InvalidSettings.class)
                .hasMessageContaining("CELADON_GIT_PUSH_WORKERS")
                .hasMessageContaining("CELADON_GIT_BUILD_LIMIT");
    }
}
