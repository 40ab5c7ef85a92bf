package dev.celadon.container;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.runtime.Json;
import dev.celadon.runtime.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the OCI runtime that starts a container with limits on this host, by starting one. Blocks. */
final class RuntimeChoice {
    private static final Logger log = LoggerFactory.getLogger(RuntimeChoice.class);
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final List<String> CANDIDATES = List.of("crun", "runc");

    private final Path run;
    private final String instance;

    RuntimeChoice(Path run, String instance) {
        this.run = run;
        this.instance = instance;
    }

    /** @throws ContainerUnavailable with each candidate's own words when none starts */
    Path choose(String wanted) throws IOException, InterruptedException {
        List<String> refusals = new ArrayList<>();
        for (String name : wanted.equals("auto") ? CANDIDATES : List.of(wanted)) {
            Optional<Path> candidate = HostSetup.find(name);
            String refusal = candidate.isEmpty() ? "is not installed" : tryIt(candidate.get());
            if (refusal.isEmpty()) {
                return candidate.get();
            }
            refusals.add(name + ": " + refusal);
            log.atInfo()
                    .addKeyValue("runtime", name)
                    .addKeyValue("reason", refusal)
                    .log("runtime-passed-over");
        }
        throw new ContainerUnavailable("no OCI runtime starts here (" + String.join("; ", refusals) + ")");
    }

    /** Empty when the container ran, else what the runtime said. */
    private String tryIt(Path runtime) throws IOException, InterruptedException {
        Path bundle = Files.createTempDirectory(run, "smoke");
        String id = "smoke-" + runtime.getFileName();
        List<String> oci =
                List.of(runtime.toString(), "--root", run.resolve("oci").toString());
        try {
            Json.mapper().writeValue(bundle.resolve("config.json").toFile(), config(id));
            Processes.Result result = Processes.runBlocking(
                    LIMIT, with(oci, "run", "--no-new-keyring", "--bundle", bundle.toString(), id), "");
            return result.exit() == 0 ? "" : result.output().strip();
        } finally {
            Processes.runBlocking(LIMIT, with(oci, "delete", "-f", id), "");
            Files.deleteIfExists(bundle.resolve("config.json"));
            Files.deleteIfExists(bundle);
        }
    }

    private ObjectNode config(String id) {
        ObjectNode json = Json.mapper().createObjectNode().put("ociVersion", "1.0.2");
        json.putObject("root").put("path", run.resolve("hoststack").toString()).put("readonly", true);
        ObjectNode process = json.putObject("process").put("terminal", false).put("cwd", "/");
        process.putArray("args").add("/usr/bin/true");
        process.putObject("user").put("uid", 0).put("gid", 0);
        ArrayNode mounts = json.putArray("mounts");
        mounts.addObject().put("destination", "/proc").put("type", "proc").put("source", "proc");
        mounts.addObject().put("destination", "/dev").put("type", "tmpfs").put("source", "tmpfs");
        mounts.addObject()
                .put("destination", "/usr")
                .put("type", "bind")
                .put("source", "/usr")
                .putArray("options")
                .add("rbind")
                .add("ro");
        ObjectNode linux = json.putObject("linux").put("cgroupsPath", "/celadon-" + instance + "/" + id);
        ArrayNode namespaces = linux.putArray("namespaces");
        for (String type : List.of("pid", "mount", "user", "cgroup")) {
            namespaces.addObject().put("type", type);
        }
        for (String mappings : List.of("uidMappings", "gidMappings")) {
            linux.putArray(mappings)
                    .addObject()
                    .put("containerID", 0)
                    .put("hostID", OciConfig.ROOT_UID)
                    .put("size", 65_536);
        }
        ObjectNode resources = linux.putObject("resources");
        resources.putObject("memory").put("limit", 64 << 20);
        resources.putObject("pids").put("limit", 64);
        return json;
    }

    private static List<String> with(List<String> command, String... arguments) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(arguments));
        return all;
    }
}
