package dev.celadon.container;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real containers on this host. */
class ContainerHostTest {
    @TempDir
    Path data;

    private TestHost world;
    private ContainerHost host;

    @BeforeEach
    void prepare() throws Exception {
        world = TestHost.onImages(data);
        host = world.host();
    }

    @AfterEach
    void clean() throws Exception {
        world.close();
    }

    @Test
    void aContainerIsAnotherWorldThanItsHost() throws Exception {
        String seen = world.output("c-probe", """
                id -u; ps ax | wc -l; cat /etc/shadow; ls /root /home; mount -t tmpfs x /mnt; touch /usr/x
                timeout 3 bash -c 'echo > /dev/tcp/10.77.0.1/22'; cat /proc/1/root/etc/shadow; ls /sys
                unshare -r true; echo $PORT; hostname; node --version; java -version 2>&1 | head -1; echo end
                """);
        assertThat(seen)
                .startsWith("1000\n")
                .contains("\n5000\n")
                .contains("\nhello\n")
                .contains("openjdk")
                .endsWith("end\n");
        assertThat(seen).doesNotContain("root:*").doesNotContain("root:$").doesNotContain("root:!");
        assertThat(Integer.parseInt(
                        seen.lines().skip(1).findFirst().orElseThrow().strip()))
                .isLessThan(8);
        assertThat(seen).containsIgnoringCase("read-only file system").containsIgnoringCase("not permitted");
    }

    @Test
    void theDiskHasABound() throws Exception {
        assertThat(world.output("c-full", "head -c 100M /dev/zero > /tmp/x; echo $?"))
                .contains("No space left")
                .contains("1\n");
    }

    @Test
    void aKilledPlatformFindsItsContainersAndTheirExits() throws Exception {
        world.start("c-left", "sleep 0.5; exit 7", Optional.empty());
        ContainerHost next = world.restarted();
        CopyOnWriteArrayList<String> exits = new CopyOnWriteArrayList<>();
        next.onExit((id, status) -> exits.add(id + "=" + status));
        assertThat(next.list().await(5, SECONDS)).extracting(Container::id).containsExactly("c-left");
        await().atMost(Duration.ofSeconds(10)).until(() -> exits.contains("c-left=7"));
        next.remove("c-left").await(20, SECONDS);
        next.remove("c-left").await(20, SECONDS);
        assertThat(next.ids().await(5, SECONDS)).isEmpty();
    }

    @Test
    void theSlugLiesAtAppAndChangesStayInTheContainer() throws Exception {
        Path tree = Files.createDirectories(data.resolve("tree/lib"));
        Files.writeString(tree.resolve("file"), "packed");
        Path image = data.resolve("slug.sqfs");
        host.pack(data.resolve("tree"), image, TestHost.UID).await(20, SECONDS);
        String seen =
                world.output("c-slug", "cat lib/file; rm -rf lib && echo gone > lib; cat lib; pwd", Optional.of(image));
        assertThat(seen).isEqualTo("packedgone\n/app\n");
        host.remove("c-slug").await(20, SECONDS);
        assertThat(world.output("c-again", "cat lib/file; echo", Optional.of(image)))
                .isEqualTo("packed\n");
    }

    @Test
    void aContainerThatCannotStartLeavesNothing() throws Exception {
        Disk disk = world.disk("c-bad", TestHost.UID);
        ContainerSpec spec = TestHost.spec("c-bad", disk, "true", Optional.of(data.resolve("missing.sqfs")));
        assertThatThrownBy(() -> host.start(spec).await(30, SECONDS)).hasMessageContaining("missing.sqfs");
        assertThat(host.ids().await(5, SECONDS)).isEmpty();
        try (var images = Files.list(data.resolve("disks"))) {
            assertThat(images.map(image -> image.getFileName().toString())).containsExactly("form-64.img");
        }
    }

    @Test
    void linesOfFilesThatNobodyReadInTimeAreCounted() throws Exception {
        long[] counts = new long[2];
        Container container = world.start("c-spew", "seq -w 6000000; sleep 1000", Optional.empty());
        LogTail tail = new LogTail(world.vertx(), container.log(), entries -> {
                    counts[0] += entries.size();
                    return counts[0] < 1_000 ? firstFilesAreGone(container.log()) : Future.succeededFuture();
                })
                .onLoss((lines, since) -> counts[1] += lines);
        tail.start();
        // The container may still be writing when the first loss is counted.
        await().atMost(Duration.ofMinutes(2)).until(() -> counts[0] + counts[1] >= 5_950_000);
        tail.drain().await(60, SECONDS);
        assertThat(counts[1]).isPositive();
        assertThat(counts[0] + counts[1]).isLessThan(6_050_000);
    }

    /** The taker is held up while the monitor swaps its file again and again. */
    private Future<Void> firstFilesAreGone(Path log) {
        Object first = inode(log);
        return world.vertx()
                .timer(20)
                .compose(waited -> inode(log).equals(first)
                        ? firstFilesAreGone(log)
                        : world.vertx().timer(20).compose(again -> inodesDiffer(log, inode(log))));
    }

    private Future<Void> inodesDiffer(Path log, Object second) {
        return inode(log).equals(second)
                ? world.vertx().timer(20).compose(waited -> inodesDiffer(log, second))
                : Future.succeededFuture();
    }

    private static Object inode(Path log) {
        try {
            return Files.getAttribute(log, "unix:ino");
        } catch (java.io.IOException swapped) {
            return -1;
        }
    }

    @Test
    void disksKeptReadyAreUsedAndRefilledAndFoundByTheNextProcess() throws Exception {
        host.keepReady(64, 2);
        await().atMost(Duration.ofSeconds(30)).until(() -> ready().size() == 2);
        List<String> before = ready();
        assertThat(world.output("c-ready", "touch /tmp/x && df -m /tmp | tail -1 | awk '{print $2 < 70}'"))
                .isEqualTo("1\n");
        await().atMost(Duration.ofSeconds(30)).until(() -> ready().size() == 2 && !ready().equals(before));
        List<String> left = ready();
        host = world.restarted();
        world.disk("c-next", TestHost.UID);
        assertThat(left).containsAll(ready());
        assertThat(ready()).hasSize(1);
        host.remove("c-next").await(20, SECONDS);
    }

    @Test
    void anAttachedTerminalHasItsSizeAndTakesControlCharacters() throws Exception {
        Attachment attachment = attached("c-term", "stty size; tty; cat; echo \"over $?\"; sleep 100", true);
        StringBuffer seen = begin("c-term", attachment);
        await().atMost(Duration.ofSeconds(30)).until(() -> seen.toString().contains("/dev/pts"));
        assertThat(seen.toString()).startsWith("33 111\r\n/dev/pts/0\r\n");
        attachment.write(Buffer.buffer("one\n\u0004")).await(5, SECONDS);
        await().atMost(Duration.ofSeconds(30)).until(() -> seen.toString().contains("one\r\none\r\nover 0"));
        attachment.write(Buffer.buffer("\u0003")).await(5, SECONDS);
        attachment.ended().await(30, SECONDS);
        assertThat(host.exitStatus("c-term").await(5, SECONDS)).hasValue(130);
    }

    @Test
    void attachedPipesCarryEveryByteBothWaysThoughTheReaderIsSlow() throws Exception {
        Attachment attachment = attached("c-pipe", "cat | sha256sum; seq 200000; exit 9", false);
        StringBuffer seen = new StringBuffer();
        attachment.read(piece -> {
            seen.append(piece);
            return seen.length() < 100_000 ? world.vertx().timer(20).mapEmpty() : Future.succeededFuture();
        });
        host.begin("c-pipe").await(20, SECONDS);
        Buffer input = Buffer.buffer("0123456789abcdef\n".repeat(60_000));
        attachment.write(input).await(30, SECONDS);
        attachment.endInput().await(5, SECONDS);
        attachment.ended().await(30, SECONDS);
        StringBuilder lines = new StringBuilder();
        for (int i = 1; i <= 200_000; i++) {
            lines.append(i).append('\n');
        }
        String sum =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(input.getBytes()));
        assertThat(seen.toString()).isEqualTo(sum + "  -\n" + lines);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> host.exitStatus("c-pipe").await(5, SECONDS).isPresent());
        assertThat(host.exitStatus("c-pipe").await(5, SECONDS)).hasValue(9);
    }

    private Attachment attached(String id, String script, boolean isTerminal) throws Exception {
        Disk disk = world.disk(id, TestHost.UID);
        host.create(spec(id, disk, script, isTerminal)).await(30, SECONDS);
        return host.attach(id).await(5, SECONDS);
    }

    private StringBuffer begin(String id, Attachment attachment) throws Exception {
        StringBuffer seen = new StringBuffer();
        attachment.read(piece -> {
            seen.append(piece);
            return Future.succeededFuture();
        });
        host.begin(id).await(20, SECONDS);
        return seen;
    }

    private List<String> ready() throws Exception {
        try (var sites = Files.list(Path.of("/run/celadon", world.instance(), "ready"))) {
            return sites.filter(site -> Files.exists(site.resolve("ready")))
                    .map(site -> site.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    private static ContainerSpec spec(String id, Disk disk, String script, boolean isTerminal) {
        ContainerSpec piped = TestHost.spec(id, disk, script, Optional.empty());
        return new ContainerSpec(
                id,
                piped.hostname(),
                piped.command(),
                TestHost.environment(Map.of("COLUMNS", "111", "LINES", "33")),
                piped.hostUid(),
                piped.stack(),
                piped.slug(),
                disk,
                piped.binds(),
                piped.limits(),
                isTerminal);
    }
}
