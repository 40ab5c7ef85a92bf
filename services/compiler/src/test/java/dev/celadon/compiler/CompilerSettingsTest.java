package dev.celadon.compiler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.celadon.runtime.Environment;
import dev.celadon.runtime.InvalidSettings;
import dev.celadon.runtime.Networks;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CompilerSettingsTest {
    @Test
    void defaultsAreThePromisedOnes() {
        CompilerSettings settings = CompilerSettings.from(new Environment(Map.of()));
        assertThat(settings.interval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.atOnce()).isEqualTo(2);
        assertThat(settings.blocked()).isEqualTo(Networks.parse("169.254.0.0/16,fe80::/10"));
        assertThat(settings.lease()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.limits().build()).isEqualTo(Duration.ofMinutes(15));
        assertThat(settings.limits().slugBytes()).isEqualTo(200L << 20);
        assertThat(settings.limits().slugAdviceBytes()).isEqualTo(50L << 20);
    }

    @Test
    void eachIsReadFromItsVariable() {
        CompilerSettings settings = CompilerSettings.from(new Environment(Map.of(
                "CELADON_COMPILER_BUILD_LIMIT", "3s",
                "CELADON_COMPILER_SLUG_LIMIT", "1MB",
                "CELADON_COMPILER_BUILDS", "5",
                "CELADON_COMPILER_BUILDPACKS", "/x")));
        assertThat(settings.limits().build()).isEqualTo(Duration.ofSeconds(3));
        assertThat(settings.limits().slugBytes()).isEqualTo(1 << 20);
        assertThat(settings.atOnce()).isEqualTo(5);
        assertThat(settings.buildpacks()).hasToString("/x");
    }

    @Test
    void nonsenseIsNamed() {
        Environment environment = new Environment(Map.of(
                "CELADON_COMPILER_BUILDS", "many",
                "CELADON_COMPILER_SLUG_LIMIT", "big",
                "CELADON_COMPILER_SOURCE_BLOCKED", "home"));
        CompilerSettings.from(environment);
        assertThatThrownBy(environment::verify)
                .isInstanceOf(InvalidSettings.class)
                .hasMessageContaining("CELADON_COMPILER_SOURCE_BLOCKED")
                .hasMessageContaining("CELADON_COMPILER_BUILDS")
                .hasMessageContaining("CELADON_COMPILER_SLUG_LIMIT");
    }
}
