package dev.celadon.container;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a hostile app can do to its host and to its neighbour, a dyno of another app that serves all the while. */
class HostileContainerTest {
    private static final int NEIGHBOUR_UID = 300_778;
    private static final String SERVER = """
            echo first-neighbour > /app/secret
            exec python3 -u -c 'import http.server as h
            class Hello(h.BaseHTTPRequestHandler):
                def do_GET(self):
                    self.send_response(200); self.end_headers(); self.wfile.write(b"hello")
            h.ThreadingHTTPServer(("", 5000), Hello).serve_forever()'
            """;

    @TempDir
    Path data;

    private TestHost world;
    private Container neighbour;

    @BeforeEach
    void startTheNeighbour() throws Exception {
        world = TestHost.onImages(data);
        Disk disk = world.disk("c-neighbour", NEIGHBOUR_UID);
        neighbour = world.host()
                .start(spec(
                        "c-neighbour",
                        disk,
                        SERVER,
                        NEIGHBOUR_UID,
                        Map.of("SECRET", "first-neighbour"),
                        List.of(),
                        TestHost.LIMITS))
                .await(30, SECONDS);
        await().atMost(Duration.ofSeconds(30)).until(this::neighbourAnswers);
    }

    @AfterEach
    void clean() throws Exception {
        world.close();
    }

    @Test
    void everyProbeFromInsideIsStopped() throws Exception {
        Path probes = Files.createDirectories(data.resolve("probes"));
        try (InputStream script = HostileContainerTest.class.getResourceAsStream("probes.py")) {
            Files.copy(script, probes.resolve("probes.py"));
        }
        Path secret = Files.writeString(data.resolve("host-secret"), "of the host");
        try (ServerSocket control = new ServerSocket(0)) {
            Map<String, String> known = Map.of(
                    "HOST_FILE", secret.toString(),
                    "HOST_PID", Long.toString(ProcessHandle.current().pid()),
                    "HOST_ADDRESSES", hostAddresses(),
                    "HOST_PORT", Integer.toString(control.getLocalPort()),
                    "NEIGHBOUR", neighbour.address() + ":5000",
                    "NEIGHBOUR_UID", Integer.toString(NEIGHBOUR_UID),
                    "SECRET_HALF", "first");
            List<ContainerSpec.Bind> binds = List.of(new ContainerSpec.Bind(probes, "/tmp/probes", false));
            String seen = run("c-hostile", "exec python3 /tmp/probes/probes.py", known, binds, TestHost.LIMITS);
            assertThat(seen.lines())
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line).endsWith(" stopped"));
            assertThat(seen.lines()).contains("host files stopped", "more rights stopped");
        }
        assertThat(neighbourAnswers()).isTrue();
    }

    @Test
    void aForkBombEndsAtItsOwnBound() throws Exception {
        String seen = run("c-fork", """
                python3 -c 'import os, time
                made = 0
                try:
                    while True:
                        if os.fork() == 0: time.sleep(1000)
                        made += 1
                except BlockingIOError: print(made)'
                kill -9 -1
                """);
        assertThat(Integer.parseInt(seen.lines().findFirst().orElseThrow())).isBetween(200, 255);
        assertThat(neighbourAnswers()).isTrue();
    }

    @Test
    void aDiskFillerFillsItsOwnDiskOnly() throws Exception {
        String seen = run("c-filler", """
                for place in /app /tmp /var/tmp /dev/shm /dev /run /dev/mqueue; do
                  { head -c 2G /dev/zero > $place/big; } 2>/dev/null; echo $place $?; rm -f $place/big
                done
                mkdir /tmp/many; cd /tmp/many; python3 -c 'made = 0
                try:
                    while True: open(str(made), "w").close(); made += 1
                except OSError as full: print("files", made < 200000, full.strerror)'
                cd /dev/shm; python3 -c 'made = 0
                try:
                    while True: open(str(made), "w").close(); made += 1
                except OSError as full: print("shared", made < 200000, full.strerror)'
                """);
        assertThat(seen.lines())
                .contains("files True No space left on device", "shared True No space left on device")
                .filteredOn(line -> line.startsWith("/"))
                .hasSize(7)
                .allSatisfy(line -> assertThat(line).endsWith(" 1"));
        assertThat(neighbourAnswers()).isTrue();
    }

    @Test
    void aMemoryBombKillsItselfOnly() throws Exception {
        ContainerSpec.Limits small = new ContainerSpec.Limits(64, 192, 256, 256);
        String script = "python3 -c 'x = []\nwhile True: x.append(bytearray(1 << 20))'; echo ended $?";
        String seen = run("c-memory", script, Map.of(), List.of(), small);
        // What the shell says of it comes over the other stream: before or after.
        assertThat(seen.lines()).contains("ended 137");
        assertThat(neighbourAnswers()).isTrue();
    }

    @Test
    void openFilesHaveABoundInEachProcessAndOnTheHost() throws Exception {
        String seen = run("c-files", """
                python3 -c 'import os
                made = 0
                try:
                    while True: os.pipe(); made += 2
                except OSError as full: print(made, full.strerror)'
                """);
        assertThat(seen).endsWith("Too many open files\n");
        assertThat(Integer.parseInt(seen.split(" ")[0])).isBetween(9_000, 10_000);
        // Files are charged to their dyno's memory: these bounds are beyond what the memory of a host can hold.
        assertThat(kernelSetting("fs/file-max")).isGreaterThan(100_000_000);
        assertThat(kernelSetting("kernel/pid_max")).isGreaterThan(1_000_000);
        assertThat(neighbourAnswers()).isTrue();
    }

    @Test
    void aGigabyteOfLogTakesOnlyItsBoundOfTheHostsDisk() throws Exception {
        Container spewer = world.start(
                "c-log", "yes 'a line of the log, like any other, again and again' | head -c 1G", Optional.empty());
        long most = 0;
        while (world.host().exitStatus("c-log").await(5, SECONDS).isEmpty()) {
            most = Math.max(most, sizeOf(spewer.log().resolveSibling(".")));
            assertThat(neighbourAnswers()).isTrue();
        }
        assertThat(most).isBetween(1L, 32L << 20);
        assertThat(spewer.log()).startsWith(data);
    }

    private boolean neighbourAnswers() throws IOException {
        HttpURLConnection request = (HttpURLConnection)
                URI.create("http://" + neighbour.address() + ":5000/").toURL().openConnection();
        request.setConnectTimeout(10_000);
        request.setReadTimeout(10_000);
        try (InputStream body = request.getInputStream()) {
            return new String(body.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).equals("hello");
        } catch (java.net.ConnectException notYet) {
            return false;
        }
    }

    private String run(String id, String script) throws Exception {
        return run(id, script, Map.of(), List.of(), TestHost.LIMITS);
    }

    private String run(
            String id,
            String script,
            Map<String, String> variables,
            List<ContainerSpec.Bind> binds,
            ContainerSpec.Limits limits)
            throws Exception {
        Disk disk = world.disk(id, TestHost.UID);
        ContainerSpec spec = spec(id, disk, script, TestHost.UID, variables, binds, limits);
        return world.outputOf(world.host().start(spec).await(30, SECONDS));
    }

    private static ContainerSpec spec(
            String id,
            Disk disk,
            String script,
            int uid,
            Map<String, String> variables,
            List<ContainerSpec.Bind> binds,
            ContainerSpec.Limits limits) {
        return new ContainerSpec(
                id,
                "hostile",
                List.of("/bin/bash", "-c", script),
                TestHost.environment(variables),
                uid,
                "cedar",
                Optional.empty(),
                disk,
                binds,
                limits,
                false);
    }

    private static long kernelSetting(String name) throws IOException {
        return Long.parseLong(
                Files.readAllLines(Path.of("/proc/sys", name)).get(0).strip());
    }

    private static String hostAddresses() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof java.net.Inet4Address && !address.isLoopbackAddress())
                .map(InetAddress::getHostAddress)
                .limit(4)
                .collect(Collectors.joining(","));
    }

    private static long sizeOf(Path directory) throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                try {
                    bytes += Files.size(file);
                } catch (java.nio.file.NoSuchFileException swapped) {
                    // The monitor begins a fresh file by renaming it over this one.
                }
            }
        }
        return bytes;
    }
}
