package dev.celadon.gitreceiver;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.celadon.gitreceiver.GitClient.Ended;
import dev.celadon.gitreceiver.GitClient.Running;
import dev.celadon.gitreceiver.Stage.Waiting;
import io.vertx.core.http.HttpServerResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PushTest {
    @TempDir
    Path directory;

    private Stage stage;
    private GitClient git;

    @BeforeEach
    void open() throws Exception {
        stage = Stage.open(directory.resolve("data"), Map.of());
        git = new GitClient(directory.resolve("work"), stage.platform.ca().certificateFile());
        git.commit("Procfile", "web: node .\n");
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    @Test
    void aGoodPushShowsItsBuildAsItHappensAndMovesTheRef() throws Exception {
        Running push = git.start("push", stage.url("my-app"), "main");
        Waiting waiting = stage.awaitPush();
        HttpServerResponse output = stage.beginBuild(waiting.id());
        output.write("-----> Node.js app detected\n").await(5, SECONDS);
        await().untilAsserted(() -> assertThat(push.printed())
                .contains("remote: -----> Heroku receiving push")
                .contains("remote: -----> Node.js app detected"));
        output.write("-----> Compiled slug size is 17.3MB\n").await(5, SECONDS);
        stage.endBuild(waiting.id(), output, "succeeded", "");
        stage.release(waiting.id(), 13, "live", "");
        Ended ended = git.end(push);
        assertThat(ended.exit()).as(ended.output()).isZero();
        assertThat(ended.output())
                .containsSubsequence(
                        "remote: -----> Heroku receiving push",
                        "remote: -----> Node.js app detected",
                        "remote: -----> Compiled slug size is 17.3MB",
                        "remote: -----> Launching... done, v13",
                        "remote:        http://my-app.localhost:5000 deployed to Heroku");
        assertThat(git.run("ls-remote", stage.url("my-app"), "refs/heads/main"))
                .startsWith(git.run("rev-parse", "HEAD"));
        assertThat(stage.pushStatus(waiting.id())).isEqualTo("built");
        assertThat(stage.waiting()).isEmpty();
        stage.awaitNoQuarantine();
    }

    @Test
    void aFailedBuildRejectsThePushAndKeepsNothing() throws Exception {
        Running push = git.start("push", stage.url("my-app"), "main");
        Waiting waiting = stage.awaitPush();
        HttpServerResponse output = stage.beginBuild(waiting.id());
        stage.endBuild(waiting.id(), output, "failed", "no Cedar-supported app detected");
        Ended ended = git.end(push);
        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.output())
                .contains("remote:  !     Heroku push rejected, no Cedar-supported app detected")
                .contains("! [remote rejected] main -> main (pre-receive hook declined)");
        assertThat(git.run("ls-remote", stage.url("my-app"))).isEmpty();
        assertThat(stage.pushStatus(waiting.id())).isEqualTo("rejected");
        stage.awaitNoQuarantine();
        try (Stream<Path> packs = Files.list(stage.data.resolve("git/" + stage.app + ".git/objects/pack"))) {
            assertThat(packs).isEmpty();
        }
    }

    @Test
    void aReleaseThatDoesNotComeUpIsToldAndThePushStays() throws Exception {
        stage.sql("insert into manifold.v_rollouts values ($1, 12, 'live', null)", stage.app);
        Running push = git.start("push", stage.url("my-app"), "main");
        Waiting waiting = stage.awaitPush();
        HttpServerResponse output = stage.beginBuild(waiting.id());
        stage.endBuild(waiting.id(), output, "succeeded", "");
        stage.release(waiting.id(), 13, "failed", "web.1 crashed at start");
        Ended ended = git.end(push);
        assertThat(ended.exit()).isZero();
        assertThat(ended.output())
                .contains("remote:  !     v13 did not come up: web.1 crashed at start")
                .contains("remote:  !     v12 serves on.");
    }

    @Test
    void otherBranchesAndTagsAreKeptWithoutABuild() throws Exception {
        git.run("tag", "v1");
        Ended ended = git.tryTo("push", stage.url("my-app"), "main:refs/heads/topic", "v1");
        assertThat(ended.exit()).as(ended.output()).isZero();
        assertThat(ended.output()).contains("remote: Pushed to non-main branch, skipping build.");
        assertThat(git.run("ls-remote", stage.url("my-app"))).contains("refs/heads/topic", "refs/tags/v1");
        assertThat(stage.waiting()).isEmpty();
    }

    @Test
    void aCloneHasTheSameHistoryAndTheBranchThatDeploysStays() throws Exception {
        git.commit("second", "more\n");
        git.run("checkout", "-q", "-b", "master");
        Running push = git.start("push", stage.url("my-app"), "master");
        stage.buildWell(stage.awaitPush().id(), 1);
        assertThat(git.end(push).exit()).isZero();
        git.run("clone", "-q", stage.url("my-app"), "../back");
        assertThat(git.run("-C", "../back", "log", "--format=%H %T", "HEAD"))
                .isEqualTo(git.run("log", "--format=%H %T"));
        Ended deleted = git.tryTo("push", stage.url("my-app"), ":master");
        assertThat(deleted.exit()).isEqualTo(1);
        assertThat(deleted.output()).contains("the branch that deploys cannot be deleted");
    }

    @Test
    void aLargePushArrivesWholeAndALaterFetchBringsOnlyWhatIsNew() throws Exception {
        byte[] noise = new byte[24 << 20];
        new java.util.Random(7).nextBytes(noise);
        Files.write(git.directory.resolve("noise"), noise);
        for (int i = 0; i < 40; i++) {
            git.commit("file-" + i, "content " + i + "\n"); // enough haves for git to zip its request
        }
        git.run("push", stage.url("my-app"), "main:refs/heads/topic");
        git.run("clone", "-q", "-b", "topic", stage.url("my-app"), "../back");
        assertThat(Files.readAllBytes(directory.resolve("back/noise"))).isEqualTo(noise);
        git.commit("later", "later\n");
        git.run("push", stage.url("my-app"), "main:refs/heads/topic");
        git.run("-C", "../back", "pull", "-q", "--ff-only");
        assertThat(git.run("-C", "../back", "rev-parse", "HEAD")).isEqualTo(git.run("rev-parse", "HEAD"));
        git.run("-C", "../back", "-c", "protocol.version=0", "fetch", "-q", stage.url("my-app"), "topic");
        git.run("-C", "../back", "fsck", "--full");
    }

    @Test
    void aPusherWhoGoesAwayCancelsTheBuild() throws Exception {
        Running push = git.start("push", stage.url("my-app"), "main");
        Waiting waiting = stage.awaitPush();
        stage.beginBuild(waiting.id()).write("-----> Node.js app detected\n").await(5, SECONDS);
        await().untilAsserted(() -> assertThat(push.printed()).contains("detected"));
        push.interrupt();
        assertThat(stage.cancelled.poll(10, SECONDS)).isEqualTo(waiting.id().toString());
        await().untilAsserted(() -> assertThat(stage.pushStatus(waiting.id())).isEqualTo("abandoned"));
        stage.awaitNoQuarantine();
        assertThat(git.run("ls-remote", stage.url("my-app"))).isEmpty();
    }

    @Test
    void aSecondPushWaitsForTheFirst() throws Exception {
        Running first = git.start("push", stage.url("my-app"), "main");
        Waiting waiting = stage.awaitPush();
        Running second = git.start("push", stage.url("my-app"), "main");
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(second.printed())
                        .contains("remote: -----> Waiting for another push of this app to finish..."));
        HttpServerResponse output = stage.beginBuild(waiting.id());
        stage.endBuild(waiting.id(), output, "failed", "failed to compile Node.js app");
        assertThat(git.end(first).exit()).isEqualTo(1);
        Waiting next = stage.awaitPush();
        assertThat(next.id()).isNotEqualTo(waiting.id());
        stage.buildWell(next.id(), 2);
        Ended ended = git.end(second);
        assertThat(ended.exit()).as(ended.output()).isZero();
        assertThat(ended.output()).contains("Launching... done, v2");
    }

    @Test
    void aReleaseCommandIsWaitedFor() throws Exception {
        Running push = git.start("push", stage.url("my-app"), "main");
        Waiting waiting = stage.awaitPush();
        stage.endBuild(waiting.id(), stage.beginBuild(waiting.id()), "succeeded", "");
        stage.sql(
                "insert into api.v_releases values ($1, $2, 4, $3, 'pending', false)",
                UUID.randomUUID(),
                stage.app,
                waiting.id());
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(push.printed()).contains("remote: -----> Release command executing..."));
        stage.sql("update api.v_releases set status = 'succeeded', is_current = true");
        stage.sql("insert into manifold.v_rollouts values ($1, 4, 'live', null)", stage.app);
        Ended ended = git.end(push);
        assertThat(ended.exit()).as(ended.output()).isZero();
        assertThat(ended.output())
                .containsSubsequence("Release command executing...", "remote: -----> Launching... done, v4");
    }

    @Test
    void aPushWhoseReleaseCommandFailsIsTakenAndToldSo() throws Exception {
        stage.sql("insert into manifold.v_rollouts values ($1, 3, 'live', null)", stage.app);
        Running push = git.start("push", stage.url("my-app"), "main");
        Waiting waiting = stage.awaitPush();
        stage.endBuild(waiting.id(), stage.beginBuild(waiting.id()), "succeeded", "");
        stage.sql(
                "insert into api.v_releases values ($1, $2, 4, $3, 'failed', false)",
                UUID.randomUUID(),
                stage.app,
                waiting.id());
        Ended ended = git.end(push);
        assertThat(ended.exit()).as(ended.output()).isZero();
        assertThat(ended.output())
                .contains("remote:  !     Release command of v4 failed.", "remote:  !     v3 serves on.")
                .doesNotContain("Launching... done");
        assertThat(git.run("ls-remote", stage.url("my-app"), "refs/heads/main")).startsWith(waiting.commit());
    }

    @Test
    void aReleasedCommitGetsItsRefThoughTheReceiverDiedBeforeItMovedIt() throws Exception {
        Running push = git.start("push", stage.url("my-app"), "main");
        Waiting waiting = stage.awaitPush();
        stage.beginBuild(waiting.id());
        stage.stop();
        assertThat(git.end(push).exit()).isNotZero();
        // As a dead process leaves it: still pending, its objects apart; the cancelling never arrived.
        stage.sql("update git.pushes set status = 'pending', left_at = null where id = $1", waiting.id());
        stage.sql("update compiler.v_builds set status = 'succeeded' where id = $1", waiting.id());
        stage.start();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(stage.pushStatus(waiting.id())).isEqualTo("built"));
        assertThat(git.run("ls-remote", stage.url("my-app"), "refs/heads/main")).startsWith(waiting.commit());
        git.run("clone", "-q", stage.url("my-app"), "../back");
        git.run("-C", "../back", "fsck", "--full");
        assertThat(git.run("-C", "../back", "rev-parse", "HEAD")).isEqualTo(waiting.commit());
        stage.awaitNoQuarantine();
    }

    @Test
    void aBuildThatWasGoodBeforeItsPusherWentAwayKeepsItsCommitAndTheNextPushWaitsForThat() throws Exception {
        Running push = git.start("push", stage.url("my-app"), "main");
        Waiting waiting = stage.awaitPush();
        stage.beginBuild(waiting.id());
        // The compiler will have been faster than the cancelling, and the store tells so only later.
        stage.sql("update compiler.v_builds set status = 'uncancellable' where id = $1", waiting.id());
        push.interrupt();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(stage.pushStatus(waiting.id())).isEqualTo("unattended"));
        git.commit("more", "more\n");
        Running next = git.start("push", stage.url("my-app"), "main");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(next.printed()).contains("Waiting for another push"));
        stage.sql("update compiler.v_builds set status = 'succeeded' where id = $1", waiting.id());
        Ended ended = git.end(next);
        assertThat(ended.output()).contains("another push was faster, fetch first");
        assertThat(git.run("ls-remote", stage.url("my-app"), "refs/heads/main")).startsWith(waiting.commit());
    }
}
