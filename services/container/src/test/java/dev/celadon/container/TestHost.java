package dev.celadon.container;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.celadon.runtime.Environment;
import dev.celadon.runtime.Processes;
import dev.celadon.runtime.testing.TestPlatform;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** This host with containers made as dynos' are; at its end nothing of them may be left. */
final class TestHost implements AutoCloseable {
    static final int UID = 300_777;
    static final int DISK_MB = 64;
    static final ContainerSpec.Limits LIMITS = new ContainerSpec.Limits(512, 1_536, 256, 256);

    private final String instance = TestPlatform.instance('j');
    private final Vertx vertx = Vertx.vertx();
    private final Path data;
    private ContainerHost host;

    TestHost(Path data) throws Exception {
        this.data = data;
        this.host = prepare();
    }

    /** The same on images of the stack, where {@code -Dceladon.stacks} names a directory with some. */
    static TestHost onImages(Path data) throws Exception {
        String images = System.getProperty("celadon.stacks", "");
        Path stacks = Files.createDirectories(data.resolve("stacks"));
        if (!images.isEmpty()) {
            try (Stream<Path> files = Files.list(Path.of(images))) {
                for (Path image :
                        files.filter(file -> file.toString().endsWith(".sqfs")).toList()) {
                    Files.createSymbolicLink(stacks.resolve(image.getFileName()), image);
                }
            }
        }
        return new TestHost(data);
    }

    Vertx vertx() {
        return vertx;
    }

    String instance() {
        return instance;
    }

    ContainerHost host() {
        return host;
    }

    /** As after the death of the platform's process. */
    ContainerHost restarted() throws Exception {
        host.stop();
        host = prepare();
        return host;
    }

    /** What the script printed until it ended. */
    String output(String id, String script) throws Exception {
        return output(id, script, Optional.empty());
    }

    String output(String id, String script, Optional<Path> slug) throws Exception {
        Container container = start(id, script, slug);
        return outputOf(container);
    }

    String outputOf(Container container) throws Exception {
        StringBuffer text = new StringBuffer();
        LogTail tail = new LogTail(vertx, container.log(), entries -> {
            entries.forEach(entry -> text.append(entry.text()).append('\n'));
            return Future.succeededFuture();
        });
        tail.start();
        exitOf(container.id());
        tail.drain().await(10, SECONDS);
        return text.toString();
    }

    int exitOf(String id) throws Exception {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> host.exitStatus(id).await(5, SECONDS).isPresent());
        return host.exitStatus(id).await(5, SECONDS).orElseThrow();
    }

    Container start(String id, String script, Optional<Path> slug) throws Exception {
        return host.start(spec(id, disk(id, UID), script, slug)).await(30, SECONDS);
    }

    Disk disk(String id, int uid) throws Exception {
        return host.createDisk(id, uid, DISK_MB).await(20, SECONDS);
    }

    static ContainerSpec spec(String id, Disk disk, String script, Optional<Path> slug) {
        return new ContainerSpec(
                id,
                "hello",
                List.of("/bin/bash", "-c", script),
                environment(Map.of()),
                UID,
                "cedar",
                slug,
                disk,
                List.of(),
                LIMITS,
                false);
    }

    static Map<String, String> environment(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(more);
        environment.putAll(Map.of("PATH", "/usr/bin:/bin", "HOME", "/app", "PORT", "5000"));
        return environment;
    }

    private ContainerHost prepare() throws Exception {
        ContainerSettings settings = ContainerSettings.from(new Environment(Map.of()));
        return ContainerHost.prepare(vertx, new Processes(vertx, 4), data, instance, settings)
                .await(60, SECONDS);
    }

    @Override
    public void close() throws Exception {
        host.cleanHost().await(60, SECONDS);
        assertThat(Path.of("/run/celadon", instance)).doesNotExist();
        assertThat(Path.of("/sys/class/net/cdn-" + instance)).doesNotExist();
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(instance);
        assertThat(Path.of("/sys/fs/cgroup/memory/celadon-" + instance)).doesNotExist();
        vertx.close().await(10, SECONDS);
    }
}
