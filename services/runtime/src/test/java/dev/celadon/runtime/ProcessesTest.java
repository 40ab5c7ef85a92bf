package dev.celadon.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessesTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Test
    void whatACommandPrintsIsKeptInAFileThatNoKillLeavesBehind() throws Exception {
        String script =
                "until readlink /proc/$$/fd/1 | grep -q '(deleted)'; do sleep 0.01; done; cat; echo err >&2; exit 3";
        Processes.Result result = Processes.runBlocking(LIMIT, List.of("bash", "-c", script), "in\n");
        assertThat(result).isEqualTo(new Processes.Result(3, "in\nerr\n"));
    }

    @Test
    void aCommandThatOutlastsItsLimitIsKilledAndNamed() {
        assertThatThrownBy(() -> Processes.runBlocking(Duration.ofMillis(50), List.of("sleep", "1000"), ""))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("sleep did not end within PT0.05S");
    }
}
