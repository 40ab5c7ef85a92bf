package dev.celadon.container;

import com.fasterxml.jackson.databind.JsonNode;
import dev.celadon.runtime.Json;
import dev.celadon.runtime.Processes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds out how containers can be made here: tools, runtime, network. Blocks: runs on a worker, once at start. */
final class HostSetup {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String SCRIPT = "host.sh";
    /** What the quick stack shows of the host besides its own few files; never a secret. */
    private static final List<String> STACK_PATHS = List.of(
            "/usr",
            "/etc/alternatives",
            "/etc/ssl",
            "/etc/ld.so.cache",
            "/etc/localtime",
            "/etc/java-17-openjdk",
            "/etc/mime.types",
            "/etc/ca-certificates.conf",
            "/etc/python3",
            "/etc/perl",
            "/etc/fonts",
            "/etc/maven");

    private final Path data;
    private final String instance;
    private final ContainerSettings settings;

    HostSetup(Path data, String instance, ContainerSettings settings) {
        this.data = data;
        this.instance = instance;
        this.settings = settings;
    }

    /** What containers stand on here. */
    record Ground(
            Path run,
            Path data,
            Path script,
            String instance,
            String runtime,
            String network,
            List<String> stackPaths,
            JsonNode seccomp,
            String nameservers,
            boolean canSwap) {}

    Ground prepare() throws IOException, InterruptedException {
        checkTools();
        Path run = Path.of("/run/celadon", instance);
        Files.createDirectories(run);
        List<String> paths =
                STACK_PATHS.stream().filter(path -> Files.exists(Path.of(path))).toList();
        String network = connect(run);
        Path script = run.resolve(SCRIPT);
        List<String> stack = new ArrayList<>(List.of("stack"));
        stack.addAll(paths);
        call(script, stack.toArray(String[]::new));
        Path runtime = new RuntimeChoice(run, instance).choose(settings.runtime());
        writeScript(run, network, runtime.toString());
        String name = String.valueOf(runtime.getFileName());
        return new Ground(
                run, data, script, instance, name, network, paths, seccomp(), nameservers(), ControlGroups.canSwap());
    }

    /** The script with this host's facts at its head, so that a verb is one process and needs no environment. */
    private Path writeScript(Path run, String network, String runtime) throws IOException, InterruptedException {
        Map<String, String> variables = Map.of(
                "RUN", run.toString(),
                "DATA", data.toString(),
                "INSTANCE", instance,
                "RUNTIME", runtime,
                "BRIDGE", "cdn-" + instance,
                "NETWORK", network,
                "GATEWAY", Subnet.of(network).address(1),
                "MTU", uplinkMtu(),
                "BLOCKED", settings.blocked(),
                "MEMORY", Long.toString(settings.memoryBytes()));
        StringBuilder text = new StringBuilder("#!/bin/bash\n");
        variables.forEach((name, value) -> text.append(name)
                .append("='")
                .append(value.replace("'", "'\\''"))
                .append("'\n"));
        try (InputStream resource = resource(SCRIPT)) {
            text.append(new String(resource.readAllBytes(), StandardCharsets.UTF_8));
        }
        Path script = run.resolve(SCRIPT);
        Path fresh = run.resolve(SCRIPT + "." + ProcessHandle.current().pid());
        Files.writeString(fresh, text);
        return Files.move(fresh, script, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private static void call(Path script, String... arguments) throws IOException, InterruptedException {
        Processes.runBlocking(LIMIT, HostScript.command(script, arguments), "").orFail("host " + arguments[0]);
    }

    private static void checkTools() {
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new ContainerUnavailable("containers need root on this host; start the platform as root");
        }
        Map<String, String> tools = Map.of(
                "conmon",
                "conmon",
                "mksquashfs",
                "squashfs-tools",
                "tini-static",
                "tini",
                "nft",
                "nftables",
                "ip",
                "iproute2",
                "mkfs.ext4",
                "e2fsprogs",
                "flock",
                "util-linux");
        List<String> missing = tools.entrySet().stream()
                .filter(tool -> find(tool.getKey()).isEmpty())
                .map(tool -> tool.getKey() + " (Debian package " + tool.getValue() + ")")
                .sorted()
                .toList();
        if (!missing.isEmpty()) {
            throw new ContainerUnavailable("containers need " + String.join(", ", missing));
        }
    }

    /** A free network is nobody else's once its bridge is there: platforms that start at once choose one after another. */
    private String connect(Path run) throws IOException, InterruptedException {
        synchronized (HostSetup.class) {
            try (FileChannel channel =
                    FileChannel.open(run.resolveSibling("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                channel.lock(); // until it is closed
                String network = network();
                call(writeScript(run, network, ""), "setup");
                return network;
            }
        }
    }

    /** Remembered with the data, so that dynos keep their addresses over restarts. */
    private String network() throws IOException, InterruptedException {
        if (!settings.network().equals("auto")) {
            return settings.network();
        }
        Path remembered = data.resolve("network");
        if (Files.exists(remembered)) {
            return Files.readString(remembered).strip();
        }
        String routes = Processes.runBlocking(LIMIT, List.of("ip", "-4", "route", "show", "table", "all"), "")
                .output();
        String free = Stream.iterate(0, n -> n < 512, n -> n + 1)
                .map(n -> "10." + (77 + n / 16) + "." + (n % 16) * 16 + ".0/20")
                .filter(candidate -> !routes.contains(candidate))
                .findFirst()
                .orElseThrow(() -> new ContainerUnavailable("no free private network; set CELADON_CONTAINER_NETWORK"));
        Files.writeString(remembered, free + "\n");
        return free;
    }

    private static String uplinkMtu() throws IOException, InterruptedException {
        String route = Processes.runBlocking(LIMIT, List.of("ip", "-4", "route", "show", "default"), "")
                .output();
        String[] words = route.split("\\s+");
        for (int i = 0; i + 1 < words.length; i++) {
            Path mtu = Path.of("/sys/class/net", words[i + 1], "mtu");
            if (words[i].equals("dev") && Files.exists(mtu)) {
                return Files.readString(mtu).strip();
            }
        }
        return "1500";
    }

    /** The host's own resolvers, except those on its loopback, which no container reaches. */
    private static String nameservers() throws IOException {
        for (String file : List.of("/etc/resolv.conf", "/run/systemd/resolve/resolv.conf")) {
            Path path = Path.of(file);
            if (Files.exists(path)) {
                List<String> lines = Files.readAllLines(path).stream()
                        .filter(line -> line.startsWith("nameserver ") && !line.startsWith("nameserver 127."))
                        .toList();
                if (!lines.isEmpty()) {
                    return String.join("\n", lines) + "\n";
                }
            }
        }
        return "";
    }

    private static JsonNode seccomp() throws IOException {
        try (InputStream profile = resource("seccomp.json")) {
            return Json.mapper().readTree(new String(profile.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static InputStream resource(String name) {
        InputStream resource = HostSetup.class.getResourceAsStream(name);
        if (resource == null) {
            throw new UncheckedIOException(new IOException(name + " is missing in the distribution"));
        }
        return resource;
    }

    static Optional<Path> find(String tool) {
        return Stream.of("/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/bin", "/usr/local/sbin")
                .map(directory -> Path.of(directory, tool))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
