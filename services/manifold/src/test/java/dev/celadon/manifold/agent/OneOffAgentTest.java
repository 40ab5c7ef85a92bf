package dev.celadon.manifold.agent;

import static dev.celadon.manifold.agent.OneOffNode.everything;
import static dev.celadon.manifold.agent.OneOffNode.type;
import static dev.celadon.manifold.agent.OneOffNode.until;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.celadon.contract.DynoReport;
import dev.celadon.contract.DynoState;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** One-off dynos in real containers, their terminals over real TLS. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OneOffAgentTest {
    private static final String MARKER = "\uFFFF heroku-command-exit-status: ";

    @TempDir
    static Path directory;

    private OneOffNode node;
    private String secret;

    @BeforeAll
    void start() throws Exception {
        node = new OneOffNode(
                'o',
                directory.resolve("one"),
                Map.of(
                        "CELADON_ATTACH_LIMIT", "3s",
                        "CELADON_HANGUP_EVERY", "500ms",
                        "CELADON_TERMINAL_IDLE", "5s"));
    }

    @AfterAll
    void stop() throws Exception {
        node.close();
    }

    @BeforeEach
    void fresh() {
        node.log.clear();
        secret = UUID.randomUUID().toString();
    }

    @Test
    void aDetachedOneSpeaksToTheLogAndItsStatusIsTold() throws Exception {
        UUID id = node.run("cat file; echo; echo $DYNO >&2; exit 7");
        DynoReport end = end(id);
        assertThat(end.exitStatus()).isEqualTo(7);
        assertThat(end.cause()).isNull();
        await().untilAsserted(() -> assertThat(node.log)
                .containsSubsequence(
                        "heroku[run.1]: Starting process with command `cat file; echo; echo $DYNO >&2; exit 7`",
                        "heroku[run.1]: State changed from created to starting",
                        "heroku[run.1]: State changed from starting to up",
                        "heroku[run.1]: Process exited with status 7",
                        "heroku[run.1]: State changed from up to down")
                .contains("app[run.1]: packed", "app[run.1]: run.1"));
    }

    @Test
    void aTerminalIsOneOfItsSizeAndTheLogHearsNothingOfIt() throws Exception {
        node.variables.putAll(Map.of("COLUMNS", "111", "LINES", "33"));
        UUID id = node.attached("stty size; trap 'echo INT; exit 3' INT; echo ready; read x", false, secret);
        try (Socket terminal = node.terminal(secret)) {
            assertThat(until(terminal, "ready")).startsWith("rendezvous\r\n33 111\r\n");
            type(terminal, "\u0003");
            assertThat(everything(terminal)).contains("INT\r\n");
        }
        assertThat(end(id).exitStatus()).isEqualTo(3);
        await().untilAsserted(() -> assertThat(node.log)
                .containsSubsequence("heroku[run.1]: Awaiting client", "heroku[run.1]: State changed from up to down"));
        assertThat(node.log).noneMatch(line -> line.startsWith("app["));
    }

    @Test
    void pipesCarryWhatIsGivenAndEotEndsIt() throws Exception {
        String text = "ett\r\ntvå \u0004 漢\n".repeat(5_000);
        UUID id = node.attached("cat; echo end", true, secret);
        try (Socket terminal = node.terminal(secret)) {
            until(terminal, "rendezvous\r\n");
            type(terminal, text + "\u0004");
            assertThat(everything(terminal)).isEqualTo(text + "end\n");
        }
        assertThat(end(id).exitStatus()).isZero();
    }

    @Test
    void aClientThatStillTypesGetsAllThatWasSaid() throws Exception {
        node.attached("head -c 9; exec seq 30000", true, secret);
        try (Socket terminal = node.terminal(secret)) {
            until(terminal, "rendezvous\r\n");
            byte[] typed = new byte[65_536];
            Thread typist = new Thread(() -> {
                try {
                    while (true) {
                        terminal.getOutputStream().write(typed);
                    }
                } catch (IOException closed) {
                    // The other side has gone, which is what it was for.
                }
            });
            typist.start();
            assertThat(everything(terminal)).endsWith("\n29999\n30000\n");
            terminal.close();
            typist.join();
        }
    }

    @Test
    void theStatusIsSaidForACommandThatEndsItsShellAndNotTwiceForOneThatSaysIt() throws Exception {
        node.attached("printf abc; exit 3 ; echo \"" + MARKER + "$?\"", true, secret);
        try (Socket terminal = node.terminal(secret)) {
            assertThat(everything(terminal)).isEqualTo("rendezvous\r\nabc" + MARKER + "3\n");
        }
        fresh();
        node.attached("false ; echo \"" + MARKER + "$?\"", true, secret);
        try (Socket terminal = node.terminal(secret)) {
            assertThat(everything(terminal)).isEqualTo("rendezvous\r\n" + MARKER + "1\n");
        }
    }

    @Test
    void withoutATerminalItEndsWithR13() throws Exception {
        DynoReport end = end(node.attached("echo never", false, secret));
        assertThat(end.cause()).isEqualTo("R13");
        assertThat(end.exitStatus()).isNull();
        await().untilAsserted(() -> assertThat(node.log)
                .containsSubsequence(
                        "heroku[run.1]: Awaiting client",
                        "heroku[run.1]: Error R13 (Attach error) -> Failed to attach to process",
                        "heroku[run.1]: Process exited"));
        assertThat(node.log).noneMatch(line -> line.contains("Starting process"));
    }

    @Test
    void itHangsUpWithItsTerminal() throws Exception {
        UUID id = node.attached("echo ready; sleep 1000", false, secret);
        try (Socket terminal = node.terminal(secret)) {
            until(terminal, "ready");
        }
        assertThat(end(id).exitStatus()).isEqualTo(129);
        await().untilAsserted(() -> assertThat(node.log)
                .contains("heroku[run.1]: Client connection closed. Sending SIGHUP to all processes"));
    }

    @Test
    void oneThatMindsNoHangupIsToldR16AndStopsOnOrder() throws Exception {
        UUID id = node.attached("trap '' HUP; echo ready; while true; do sleep 0.1; done", false, secret);
        try (Socket terminal = node.terminal(secret)) {
            until(terminal, "ready");
        }
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(node.log)
                        .contains("heroku[run.1]: Error R16 (Detached) -> An attached process is not responding to"
                                + " SIGHUP after its external connection was closed."));
        assertThat(node.isIn(id, DynoState.UP)).isTrue();
        node.stop(id, 10);
        assertThat(end(id).exitStatus()).isEqualTo(143);
    }

    @Test
    void aShellAtATerminalStopsOnOrderAndWhatIgnoresItIsKilled() throws Exception {
        UUID id = node.attached("bash -i", false, secret);
        try (Socket terminal = node.terminal(secret)) {
            until(terminal, "$ ");
            node.stop(id, 20);
            everything(terminal);
        }
        assertThat(end(id).cause()).isNull();
        UUID deaf = node.run("trap '' TERM; echo deaf now; while true; do sleep 0.1; done");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> node.log.stream().anyMatch(line -> line.endsWith(": deaf now")));
        node.stop(deaf, 1);
        DynoReport end = end(deaf);
        assertThat(end.cause()).isEqualTo("R12");
        assertThat(end.exitStatus()).isEqualTo(137);
    }

    @Test
    void oneVastlyPastItsMemoryEndsWithR15() throws Exception {
        UUID id = node.run("head -c 2G /dev/zero | tail");
        assertThat(end(id).cause()).isEqualTo("R15");
        await().untilAsserted(
                        () -> assertThat(node.log).contains("heroku[run.1]: Error R15 (Memory quota vastly exceeded)"));
    }

    @Test
    void aSilentTerminalIsClosedAfterTheLimit() throws Exception {
        UUID id = node.attached("echo ready; sleep 1000", false, secret);
        try (Socket terminal = node.terminal(secret)) {
            until(terminal, "ready");
            everything(terminal);
        }
        assertThat(end(id).exitStatus()).isEqualTo(129);
    }

    @Test
    void aWrongSecretOpensNothingAndARightOneOpensOnce() throws Exception {
        UUID id = node.attached("echo ready; read x; echo over", false, secret);
        try (Socket first = node.terminal(secret);
                Socket second = node.terminal("wrong")) {
            until(first, "ready");
            assertThat(everything(second)).isEmpty();
            try (Socket again = node.terminal(secret)) {
                assertThat(everything(again)).isEmpty();
            }
            type(first, "\n");
            assertThat(everything(first)).contains("over");
        }
        assertThat(end(id).exitStatus()).isZero();
    }

    @Test
    void aCommandRunsInsideAnotherDynoAndOnlyItEnds() throws Exception {
        UUID host = node.run("export SAID=x; echo here > /tmp/mark; sleep 1000");
        await().atMost(Duration.ofSeconds(20)).until(() -> node.isIn(host, DynoState.UP));
        UUID id = node.order("cat /tmp/mark; unshare -r true; sleep 1000 & read x; exit 6", false, secret, host);
        try (Socket terminal = node.terminal(secret)) {
            assertThat(until(terminal, "permitted")).contains("here\r\n");
            type(terminal, "\n");
            everything(terminal);
        }
        assertThat(end(id).exitStatus()).isEqualTo(6);
        assertThat(node.isIn(host, DynoState.UP)).isTrue();
        node.stop(host, 10);
        end(host);
    }

    @Test
    void afterARestartTheDetachedRunsOnAndTheAttachedIsHungUp() throws Exception {
        UUID detached = node.run("echo one; while [ ! -e /tmp/go ]; do sleep 0.1; done; echo two; exit 5");
        UUID quick = node.run("sleep 1; exit 4");
        UUID attached = node.attached("echo ready; sleep 1000", false, secret);
        try (Socket terminal = node.terminal(secret)) {
            until(terminal, "ready");
            await().atMost(Duration.ofSeconds(20)).until(() -> node.log.contains("app[run.1]: one"));
            node.restart();
        }
        assertThat(end(attached).exitStatus()).isEqualTo(129);
        assertThat(end(quick).exitStatus()).isEqualTo(4);
        UUID inside = node.order("touch /tmp/go", false, secret + "2", detached);
        try (Socket terminal = node.terminal(secret + "2")) {
            everything(terminal);
        }
        end(inside);
        assertThat(end(detached).exitStatus()).isEqualTo(5);
        assertThat(node.log).contains("app[run.1]: two");
    }

    @Test
    void aTerminalIsLedToTheNodeThatHasItsDyno() throws Exception {
        try (OneOffNode elsewhere = new OneOffNode('p', directory.resolve("two"), Map.of())) {
            elsewhere.knowsOf(node, OneOffNode.hash(secret));
            UUID id = node.attached("read x; seq 100000; echo \"got $x\"", true, secret);
            StringBuilder lines = new StringBuilder("rendezvous\r\n");
            for (int i = 1; i <= 100_000; i++) {
                lines.append(i).append('\n');
            }
            try (Socket terminal = elsewhere.terminal(secret)) {
                type(terminal, "typed\n");
                assertThat(everything(terminal)).isEqualTo(lines + "got typed\n");
            }
            assertThat(end(id).exitStatus()).isZero();
        }
    }

    /** The last word about it, after which nothing of it is left on the host. */
    private DynoReport end(UUID id) throws Exception {
        await().atMost(Duration.ofSeconds(30)).until(() -> node.isIn(id, DynoState.DOWN));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !node.containers().ids().await(5, SECONDS).contains(OneOffRun.containerId(id)));
        return node.report(id).orElseThrow();
    }
}
