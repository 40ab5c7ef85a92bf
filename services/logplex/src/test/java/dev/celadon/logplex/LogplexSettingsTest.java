package dev.celadon.logplex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.celadon.runtime.Environment;
import dev.celadon.runtime.InvalidSettings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogplexSettingsTest {
    @Test
    void defaultsAreThePromisedOnes() {
        LogplexSettings settings = LogplexSettings.from(new Environment(Map.of()));
        assertThat(settings.bind()).isEqualTo("0.0.0.0");
        assertThat(settings.port()).isZero();
        assertThat(settings.history()).isEqualTo(1_500);
        assertThat(settings.tailBuffer()).isEqualTo(1_024);
        assertThat(settings.keepAlive()).isEqualTo(Duration.ofSeconds(15));
        assertThat(settings.retention()).isEqualTo(Duration.ofDays(7));
    }

    @Test
    void eachIsReadFromItsVariable() {
        LogplexSettings settings = LogplexSettings.from(new Environment(Map.of(
                "CELADON_LOGPLEX_PORT", "5000",
                "CELADON_LOGPLEX_SESSIONS", "7",
                "CELADON_LOGPLEX_SESSION_IDLE", "2m")));
        assertThat(settings.port()).isEqualTo(5_000);
        assertThat(settings.mostSessions()).isEqualTo(7);
        assertThat(settings.sessionIdle()).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void nonsenseIsNamed() {
        Environment environment = new Environment(Map.of("CELADON_LOGPLEX_PORT", "70000"));
        LogplexSettings.from(environment);
        assertThatThrownBy(environment::verify)
                .isInstanceOf(InvalidSettings.class)
                .hasMessageContaining("CELADON_LOGPLEX_PORT");
    }
}
