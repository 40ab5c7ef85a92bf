package dev.celadon.gitreceiver;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.celadon.gitreceiver.GitClient.Ended;
import dev.celadon.gitreceiver.GitClient.Running;
import dev.celadon.gitreceiver.Stage.Waiting;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessTest {
    @TempDir
    Path directory;

    private Stage stage;
    private GitClient git;

    @BeforeEach
    void open() throws Exception {
        stage = Stage.open(
                directory.resolve("data"), Map.of("CELADON_GIT_PUSH_WORKERS", "1", "CELADON_GIT_MAX_PACK", "512KB"));
        git = new GitClient(directory.resolve("work"), stage.platform.ca().certificateFile());
        git.commit("Procfile", "web: node .\n");
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    @Test
    void aWrongTokenIsRefused() throws Exception {
        String url = stage.url("my-app").replace(Stage.TOKEN, "guess");
        Ended ended = git.tryTo("push", url, "main");
        assertThat(ended.exit()).isEqualTo(128);
        assertThat(ended.output()).contains("this API token is not known", "Authentication failed");
    }

    @Test
    void anUnknownAppAndSomebodyElsesLookAlike() throws Exception {
        for (String name : new String[] {"no-such-app", "not-mine"}) {
            Ended ended = git.tryTo("push", stage.url(name), "main");
            assertThat(ended.exit()).isEqualTo(128);
            assertThat(ended.output())
                    .contains("remote: Couldn't find that app.")
                    .contains("not found");
        }
    }

    @Test
    void headersThatAreTooLargeAreToldSo() throws Exception {
        Ended ended =
                git.tryTo("-c", "http.extraHeader=X-Big: " + "a".repeat(100_000), "ls-remote", stage.url("my-app"));
        assertThat(ended.exit()).isEqualTo(128);
        assertThat(ended.output()).contains("The request's headers are too large.", "431");
    }

    @Test
    void anAppHasItsNumberOfRequestsInAnHourAndNoMore() throws Exception {
        stage.sql("insert into git.request_times values ($1, array_fill(now(), array[74]))", stage.app);
        git.run("ls-remote", stage.url("my-app"));
        for (String[] command : new String[][] {
            {"ls-remote", stage.url("my-app")},
            {"push", stage.url("my-app"), "main"}
        }) {
            Ended ended = git.tryTo(command);
            assertThat(ended.exit()).isEqualTo(128);
            assertThat(ended.output()).contains("This app had its 75 git requests of the last hour, try again later.");
        }
        stage.sql("update git.request_times set times = array_fill(now() - interval '61 minutes', array[75])");
        git.run("ls-remote", stage.url("my-app"));
    }

    @Test
    void oneMorePushThanThereAreWorkersIsToldToTryAgain() throws Exception {
        Running first = git.start("push", stage.url("my-app"), "main");
        Waiting waiting = stage.awaitPush();
        Ended second = git.tryTo("push", stage.url("my-app"), "main");
        assertThat(second.exit()).isNotZero();
        assertThat(second.output()).contains("Too many pushes at once, try again.");
        stage.buildWell(waiting.id(), 1);
        assertThat(git.end(first).exit()).isZero();
    }

    @Test
    void aPackOverTheLimitIsRefusedWithTheReason() throws Exception {
        byte[] noise = new byte[4 << 20];
        new Random(7).nextBytes(noise);
        Files.write(git.directory.resolve("noise"), noise);
        git.run("add", "-A");
        git.run("commit", "-q", "-m", "Add noise");
        Ended ended = git.tryTo("push", stage.url("my-app"), "main");
        assertThat(ended.exit()).isNotZero();
        assertThat(ended.output()).contains("limit of 524,288 bytes");
        assertThat(stage.waiting()).isEmpty();
    }

    @Test
    void theSourceOfAPushHasItsModesAndLinks() throws Exception {
        Files.writeString(git.directory.resolve("run"), "#!/bin/sh\n");
        Files.setPosixFilePermissions(git.directory.resolve("run"), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createDirectories(git.directory.resolve("lib"));
        Files.createSymbolicLink(git.directory.resolve("lib/link"), Path.of("../run"));
        git.commit("lib/größe" + "x".repeat(150), "long\n");
        Running push = git.start("push", stage.url("my-app"), "main");
        Waiting waiting = stage.awaitPush();
        assertThat(waiting.commit()).isEqualTo(git.run("rev-parse", "HEAD"));
        Buffer tar = stage.platform
                .internal()
                .call(HttpMethod.GET, waiting.sourceUrl(), Duration.ofSeconds(10))
                .send()
                .await(10, SECONDS)
                .bodyAsBuffer();
        Map<String, String> found = new TreeMap<>();
        try (TarArchiveInputStream in =
                new TarArchiveInputStream(new ByteArrayInputStream(tar.getBytes()), StandardCharsets.UTF_8.name())) {
            for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                String content = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                found.put(
                        entry.getName(),
                        entry.isSymbolicLink()
                                ? "-> " + entry.getLinkName()
                                : Integer.toOctalString(entry.getMode() & 0777) + " " + content);
            }
        }
        assertThat(found)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "Procfile",
                        "644 web: node .\n",
                        "run",
                        "755 #!/bin/sh\n",
                        "lib/link",
                        "-> ../run",
                        "lib/größe" + "x".repeat(150),
                        "644 long\n"));
        push.interrupt();
        await().untilAsserted(() -> assertThat(stage.waiting()).isEmpty());
    }

    @Test
    void whatADeadProcessLeftIsClearedAtStart() throws Exception {
        UUID push = UUID.randomUUID();
        stage.sql("""
                insert into git.pushes (id, app_id, account_id, email, ref, old_sha, new_sha, node, quarantine, source_url, status)
                values ($1, $2, $3, 'dev@example.org', 'refs/heads/main', '', '', 'n-test', '', '', 'pending')
                """, push, stage.app, stage.account);
        Path left = Files.createDirectories(stage.quarantines().resolve(push + ".git/objects/pack"));
        Files.writeString(left.resolve("x.pack"), "half");
        assertThat(stage.waiting()).isPresent();
        stage.restart();
        assertThat(stage.waiting()).isEmpty();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(stage.pushStatus(push)).isEqualTo("abandoned"));
        assertThat(stage.cancelled.poll(5, SECONDS)).isEqualTo(push.toString());
        stage.awaitNoQuarantine();
    }

    @Test
    void theRepositoryOfADeletedAppGoesAndAYoungOneStays() throws Exception {
        git.run("push", stage.url("my-app"), "main:refs/heads/topic");
        Path repository = stage.data.resolve("git/" + stage.app + ".git");
        Path young = stage.data.resolve("git/" + UUID.randomUUID() + ".git");
        Files.createDirectories(young);
        Files.writeString(young.resolve("config"), "");
        Files.setLastModifiedTime(
                repository.resolve("config"), FileTime.from(Instant.now().minus(Duration.ofHours(1))));
        stage.sql("delete from api.v_apps where id = $1", stage.app);
        await().untilAsserted(() -> assertThat(repository).doesNotExist());
        assertThat(young).exists();
    }
}
