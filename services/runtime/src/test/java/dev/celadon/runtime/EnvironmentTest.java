package dev.celadon.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentTest {
    @Test
    void defaultsHoldWhereNothingIsSet() {
        Environment environment = new Environment(Map.of());
        assertThat(environment.duration("CELADON_A", "1m30s", "a")).isEqualTo(Duration.ofSeconds(90));
        assertThat(environment.bytes("CELADON_B", "200MB", "b")).isEqualTo(200L << 20);
        assertThat(environment.port("CELADON_C", 5080, "c")).isEqualTo(5080);
        assertThat(environment.flag("CELADON_D", true, "d")).isTrue();
        assertThat(environment.list("CELADON_E", "one, two", "e")).containsExactly("one", "two");
        environment.verify();
    }

    @Test
    void everyProblemIsReportedAtOnceAndNamesItsVariable() {
        Environment environment = new Environment(
                Map.of("CELADON_PORT", "70000", "CELADON_LIMIT", "soon", "CELADON_TYPO", "x", "OTHER", "y"));
        assertThat(environment.port("CELADON_PORT", 80, "port")).isEqualTo(80);
        environment.duration("CELADON_LIMIT", "30s", "limit");
        assertThatThrownBy(environment::verify)
                .isInstanceOf(InvalidSettings.class)
                .hasMessageContaining("CELADON_PORT: 70000 (expected: 0..65535)")
                .hasMessageContaining("CELADON_LIMIT: soon (expected: a duration")
                .hasMessageContaining("CELADON_TYPO: no such setting")
                .hasMessageNotContaining("OTHER");
    }

    @Test
    void oneNameHasOneMeaning() {
        Environment environment = new Environment(Map.of());
        environment.port("CELADON_PORT", 80, "port");
        assertThatThrownBy(() -> environment.port("CELADON_PORT", 81, "other port"))
                .isInstanceOf(IllegalStateException.class);
    }
}
