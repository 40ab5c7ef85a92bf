package dev.celadon.gitreceiver;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.celadon.gitreceiver.GitClient.Ended;
import dev.celadon.gitreceiver.GitClient.Running;
import dev.celadon.gitreceiver.Stage.Waiting;
import io.vertx.core.http.HttpServerResponse;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Git over SSH with the real {@code git} and {@code ssh}. */
class SshTest {
    @TempDir
    Path directory;

    private Stage stage;
    private GitClient git;
    private Path key;

    @BeforeEach
    void open() throws Exception {
        stage = Stage.open(
                directory.resolve("data"),
                Map.of(
                        "CELADON_GIT_SSH_LOGIN",
                        "2s",
                        "CELADON_GIT_SSH_CONNECTIONS",
                        "3",
                        "CELADON_GIT_SWEEP",
                        "200ms"));
        key = newKey("ed25519");
        register(key);
        git = new GitClient(directory.resolve("work"), stage.platform.ca().certificateFile())
                .withKey(key, directory.resolve("known_hosts"));
        git.commit("Procfile", "web: node .\n");
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    @Test
    void aPushIsBuiltAndTheAppIsClonedBackOverBothDoors() throws Exception {
        byte[] noise = new byte[8 << 20];
        new Random(7).nextBytes(noise);
        Files.write(git.directory.resolve("noise"), noise);
        git.commit("package.json", "{}\n");
        Running push = git.start("push", stage.sshUrl("my-app"), "main");
        Waiting waiting = stage.awaitPush();
        assertThat(waiting.commit()).isEqualTo(git.run("rev-parse", "HEAD"));
        HttpServerResponse output = stage.beginBuild(waiting.id());
        output.write("-----> Node.js app detected\n").await(5, SECONDS);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(push.printed())
                        .contains("remote: -----> Heroku receiving push")
                        .contains("remote: -----> Node.js app detected"));
        stage.endBuild(waiting.id(), output, "succeeded", "");
        stage.release(waiting.id(), 13, "live", "");
        Ended ended = git.end(push);
        assertThat(ended.exit()).as(ended.output()).isZero();
        assertThat(ended.output()).contains("remote: -----> Launching... done, v13");

        git.run("clone", "-q", stage.sshUrl("my-app"), "../ssh");
        git.run("clone", "-q", stage.url("my-app"), "../https");
        git.run("-c", "protocol.version=0", "clone", "-q", stage.sshUrl("my-app"), "../old");
        for (String clone : List.of("../ssh", "../https", "../old")) {
            assertThat(git.run("-C", clone, "rev-parse", "HEAD")).isEqualTo(waiting.commit());
            git.run("-C", clone, "fsck", "--full");
        }
        assertThat(Files.readAllBytes(directory.resolve("ssh/noise"))).isEqualTo(noise);
    }

    @Test
    void aFailedBuildRejectsThePush() throws Exception {
        Running push = git.start("push", stage.sshUrl("my-app"), "main");
        Waiting waiting = stage.awaitPush();
        stage.endBuild(waiting.id(), stage.beginBuild(waiting.id()), "failed", "no Cedar-supported app detected");
        Ended ended = git.end(push);
        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.output())
                .contains("remote:  !     Heroku push rejected, no Cedar-supported app detected")
                .contains("! [remote rejected] main -> main (pre-receive hook declined)");
    }

    @Test
    void keysOfEveryKindThatSshMakesTodayAreTaken() throws Exception {
        for (String kind : List.of("rsa", "ecdsa", "ed25519")) {
            Path other = newKey(kind);
            register(other);
            git.withKey(other, directory.resolve("known_hosts"));
            assertThat(git.tryTo("ls-remote", stage.sshUrl("my-app")).exit()).isZero();
        }
    }

    @Test
    void aKeyNobodyRegisteredIsRefused() throws Exception {
        git.withKey(newKey("ed25519"), directory.resolve("known_hosts"));
        Ended ended = git.tryTo("push", stage.sshUrl("my-app"), "main");
        assertThat(ended.exit()).isEqualTo(128);
        assertThat(ended.output()).contains("Permission denied (publickey)");
    }

    @Test
    void aRemovedCollaboratorIsRefusedAtOnceByBothDoors() throws Exception {
        git.run("push", stage.sshUrl("my-app"), "main:refs/heads/topic");
        stage.sql("delete from api.v_app_access where account_id = $1", stage.account);
        for (String url : List.of(stage.sshUrl("my-app"), stage.url("my-app"))) {
            Ended ended = git.tryTo("push", url, "main");
            assertThat(ended.exit()).isEqualTo(128);
            assertThat(ended.output()).contains("Couldn't find that app.");
        }
        assertThat(stage.waiting()).isEmpty();
    }

    @Test
    void anUnknownAppAndSomebodyElsesLookAlike() throws Exception {
        for (String name : List.of("no-such-app", "not-mine")) {
            Ended ended = git.tryTo("push", stage.sshUrl(name), "main");
            assertThat(ended.exit()).isEqualTo(128);
            assertThat(ended.output()).contains("Couldn't find that app.");
        }
    }

    @Test
    void nothingButGitIsServed() throws Exception {
        for (String command : List.of("", "ls", "git-receive-pack '../../etc'", "git-upload-archive 'my-app.git'")) {
            Ended ended = ssh(command);
            assertThat(ended.exit()).isEqualTo(1);
            assertThat(ended.output()).contains("Nothing here but git.");
        }
        assertThat(ssh("-s", "sftp").output()).contains("subsystem request failed");
        Ended forward = ssh("-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:1", "ls");
        assertThat(forward.exit()).isEqualTo(255);
        assertThat(ssh("-W", "127.0.0.1:" + stage.port()).output()).contains("open failed");
    }

    @Test
    void theHostKeyIsTheUsersOnlyAndStaysOverARestart() throws Exception {
        git.run("ls-remote", stage.sshUrl("my-app"));
        Path hostKey = stage.data.resolve("git/ssh_host_ecdsa_key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(hostKey)))
                .isEqualTo("rw-------");
        String fingerprint = print("ssh-keygen", "-l", "-f", hostKey.toString());
        stage.restart();
        String scanned = Files.readString(directory.resolve("known_hosts")).strip();
        Files.writeString(
                directory.resolve("known_hosts"), scanned.replaceFirst("]:[0-9]+", "]:" + stage.sshPort()) + "\n");
        assertThat(git.run("ls-remote", stage.sshUrl("my-app"))).isEmpty();
        assertThat(print("ssh-keygen", "-l", "-f", hostKey.toString())).isEqualTo(fingerprint);
    }

    @Test
    void aClientThatDoesNotProveAKeyIsSentAwayAndOneTooManyIsNotHeard() throws Exception {
        List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), stage.sshPort());
            assertThat(socket.getInputStream().readNBytes(4)).isEqualTo("SSH-".getBytes(StandardCharsets.US_ASCII));
            silent.add(socket);
        }
        assertThat(git.tryTo("ls-remote", stage.sshUrl("my-app")).exit()).isEqualTo(128);
        for (Socket socket : silent) {
            socket.setSoTimeout(30_000);
            while (socket.getInputStream().read() >= 0) {
                // until the server closes
            }
            socket.close();
        }
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(
                                git.tryTo("ls-remote", stage.sshUrl("my-app")).exit())
                        .isZero());
    }

    @Test
    void aPusherWhoGoesAwayCancelsTheBuild() throws Exception {
        Running push = git.start("push", stage.sshUrl("my-app"), "main");
        Waiting waiting = stage.awaitPush();
        stage.beginBuild(waiting.id()).write("-----> Node.js app detected\n").await(5, SECONDS);
        await().untilAsserted(() -> assertThat(push.printed()).contains("detected"));
        push.interrupt();
        assertThat(stage.cancelled.poll(30, SECONDS)).isEqualTo(waiting.id().toString());
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(stage.pushStatus(waiting.id())).isEqualTo("abandoned"));
        stage.awaitNoQuarantine();
    }

    private Path newKey(String kind) throws Exception {
        Path file = Files.createTempDirectory(directory, "key").resolve("id");
        print("ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "", "-f", file.toString());
        return file;
    }

    private void register(Path file) throws Exception {
        String fingerprint = print("ssh-keygen", "-l", "-f", file.toString()).split(" ")[1];
        stage.sql(
                "insert into api.v_keys values ($1, 'dev@example.org', $2, $3)",
                stage.account,
                fingerprint,
                Files.readString(Path.of(file + ".pub")));
    }

    private Ended ssh(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "ssh",
                "-F",
                "/dev/null",
                "-T",
                "-o",
                "BatchMode=yes",
                "-o",
                "IdentitiesOnly=yes",
                "-o",
                "StrictHostKeyChecking=accept-new",
                "-o",
                "UserKnownHostsFile=" + directory.resolve("known_hosts"),
                "-i",
                key.toString(),
                "-p",
                Integer.toString(stage.sshPort())));
        boolean hasOptions = arguments[0].startsWith("-");
        List<String> options = hasOptions ? List.of(arguments).subList(0, arguments.length - 1) : List.of();
        String last = arguments[arguments.length - 1];
        command.addAll(options);
        if (options.equals(List.of("-W"))) {
            command.add(last);
            command.add("git@127.0.0.1");
        } else {
            command.add("git@127.0.0.1");
            if (!last.isEmpty()) {
                command.add(last);
            }
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), output);
    }

    private static String print(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
