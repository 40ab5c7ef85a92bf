package dev.celadon.container;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.runtime.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The OCI runtime configuration of a container: own namespaces, no capabilities, a system call allow-list, a read-only
 * root. uid 0 inside is a host uid without rights, uid 1000 is the app's own.
 */
final class OciConfig {
    static final int ROOT_UID = 200_000;
    private static final int APP_UID = 1_000;
    private static final List<String> MASKED = List.of(
            "/proc/acpi",
            "/proc/asound",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/timer_list",
            "/proc/timer_stats",
            "/proc/sched_debug",
            "/proc/scsi",
            "/proc/interrupts",
            "/proc/kallsyms",
            "/proc/config.gz",
            "/proc/cmdline",
            "/proc/partitions",
            "/proc/diskstats",
            "/proc/mtrr",
            "/proc/sysrq-trigger");
    /** What only the host's own programs need. */
    private static final List<String> MASKED_OF_HOST = List.of("/usr/local", "/usr/src");

    private final ContainerSpec spec;
    private final HostSetup.Ground ground;
    private final Stacks.Root root;

    private OciConfig(ContainerSpec spec, HostSetup.Ground ground, Stacks.Root root) {
        this.spec = spec;
        this.ground = ground;
        this.root = root;
    }

    static JsonNode of(
            ContainerSpec spec, HostSetup.Ground ground, Stacks.Root root, String networkNamespace, String cgroup) {
        OciConfig config = new OciConfig(spec, ground, root);
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("ociVersion", "1.0.2").put("hostname", spec.hostname());
        json.set("process", config.process());
        json.putObject("root").put("path", root.at().toString()).put("readonly", true);
        json.set("mounts", config.mounts());
        json.set("linux", config.linux(networkNamespace, cgroup));
        return json;
    }

    private ObjectNode process() {
        List<String> arguments = new ArrayList<>(List.of("/run/tini", "-g", "--"));
        arguments.addAll(spec.command());
        return process(arguments, spec.environment(), spec.isTerminal());
    }

    /**
     * A process as every container has it: the app's user, no capabilities, no new privileges, bounded. A terminal is as
     * large as {@code COLUMNS} and {@code LINES} say from its first instruction on.
     */
    static ObjectNode process(List<String> command, Map<String, String> variables, boolean isTerminal) {
        ObjectNode process = Json.mapper().createObjectNode();
        process.put("terminal", isTerminal)
                .put("cwd", "/app")
                .put("noNewPrivileges", true)
                .put("oomScoreAdj", 500);
        if (isTerminal) {
            process.putObject("consoleSize")
                    .put("width", size(variables, "COLUMNS", 80))
                    .put("height", size(variables, "LINES", 24));
        }
        process.putObject("user").put("uid", APP_UID).put("gid", APP_UID).put("umask", 18);
        ArrayNode arguments = process.putArray("args");
        command.forEach(arguments::add);
        ArrayNode environment = process.putArray("env");
        variables.forEach((name, value) -> environment.add(name + "=" + value));
        ObjectNode capabilities = process.putObject("capabilities");
        List.of("bounding", "effective", "permitted", "inheritable", "ambient").forEach(capabilities::putArray);
        ArrayNode limits = process.putArray("rlimits");
        Map.of("RLIMIT_NOFILE", 10_000, "RLIMIT_CORE", 0, "RLIMIT_MEMLOCK", 65_536, "RLIMIT_MSGQUEUE", 819_200)
                .forEach((type, most) ->
                        limits.addObject().put("type", type).put("hard", most).put("soft", most));
        return process;
    }

    private static int size(Map<String, String> variables, String name, int fallback) {
        String text = variables.getOrDefault(name, "");
        return text.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(text) : fallback;
    }

    private ArrayNode mounts() {
        ArrayNode mounts = Json.mapper().createArrayNode();
        add(mounts, "/proc", "proc", "proc", "nosuid", "noexec", "nodev");
        add(
                mounts,
                "/dev",
                "tmpfs",
                "tmpfs",
                "nosuid",
                "noexec",
                "strictatime",
                "mode=755",
                "size=64k",
                "nr_inodes=1k");
        add(
                mounts,
                "/dev/pts",
                "devpts",
                "devpts",
                "nosuid",
                "noexec",
                "newinstance",
                "ptmxmode=0666",
                "mode=0620",
                "gid=5");
        add(mounts, "/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777", "size=64m", "nr_inodes=16k");
        add(mounts, "/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev");
        // Never sysfs: with a user namespace and a network namespace given by path the host's own would show.
        add(mounts, "/sys", "tmpfs", "tmpfs", "nosuid", "noexec", "nodev", "ro", "mode=555", "size=0k");
        add(mounts, "/run", "tmpfs", "tmpfs", "nosuid", "nodev", "mode=755", "size=1m", "nr_inodes=1k");
        for (String path : root.shown()) {
            add(mounts, path, "bind", path, "rbind", "ro", "nosuid", "nodev");
        }
        add(mounts, "/run/tini", "bind", "/usr/bin/tini-static", "bind", "ro", "nosuid", "nodev");
        Path disk = spec.disk().root();
        if (spec.slug().isPresent()) {
            Path slug = ImageMounts.place(ground.run(), spec.slug().get());
            // Without userxattr a rename or removal of a slug's directory fails inside a user namespace.
            add(
                    mounts,
                    "/app",
                    "overlay",
                    "overlay",
                    "lowerdir=" + slug,
                    "upperdir=" + disk.resolve("upper"),
                    "workdir=" + disk.resolve("work"),
                    "userxattr",
                    "nosuid",
                    "nodev");
        } else {
            add(mounts, "/app", "bind", disk.resolve("app").toString(), "bind", "rw", "nosuid", "nodev");
        }
        String temporary = disk.resolve("tmp").toString();
        add(mounts, "/tmp", "bind", temporary, "bind", "rw", "nosuid", "nodev");
        add(mounts, "/var/tmp", "bind", temporary, "bind", "rw", "nosuid", "nodev");
        for (ContainerSpec.Bind bind : spec.binds()) {
            add(
                    mounts,
                    bind.target(),
                    "bind",
                    bind.source().toString(),
                    "bind",
                    bind.isWritable() ? "rw" : "ro",
                    "nosuid",
                    "nodev");
        }
        Path bundle = ground.run().resolve("c").resolve(spec.id());
        for (String file : List.of("passwd", "group", "hosts", "resolv.conf")) {
            add(
                    mounts,
                    "/etc/" + file,
                    "bind",
                    bundle.resolve(file).toString(),
                    "bind",
                    "ro",
                    "nosuid",
                    "nodev",
                    "noexec");
        }
        return mounts;
    }

    private ObjectNode linux(String networkNamespace, String cgroup) {
        ObjectNode linux = Json.mapper().createObjectNode();
        linux.put("rootfsPropagation", "rprivate").put("cgroupsPath", cgroup);
        ArrayNode namespaces = linux.putArray("namespaces");
        List.of("pid", "ipc", "uts", "mount", "user", "cgroup")
                .forEach(type -> namespaces.addObject().put("type", type));
        namespaces.addObject().put("type", "network").put("path", networkNamespace);
        linux.set("uidMappings", idMappings());
        linux.set("gidMappings", idMappings());
        ObjectNode resources = linux.putObject("resources");
        resources.putArray("devices").addObject().put("allow", false).put("access", "rwm");
        ContainerSpec.Limits limits = spec.limits();
        // Where nothing can be swapped out, the kernel would kill at the quota: there it is the platform's to watch.
        resources
                .putObject("memory")
                .put("limit", mebibytes(ground.canSwap() ? limits.memoryMb() : limits.memoryMaxMb()))
                .put("swap", mebibytes(limits.memoryMaxMb()));
        resources.putObject("cpu").put("shares", limits.cpuShares());
        resources.putObject("pids").put("limit", limits.processes());
        ArrayNode masked = linux.putArray("maskedPaths");
        MASKED.forEach(masked::add);
        if (root.image().isEmpty()) {
            MASKED_OF_HOST.forEach(masked::add);
        }
        ArrayNode readOnly = linux.putArray("readonlyPaths");
        List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys").forEach(readOnly::add);
        linux.set("seccomp", ground.seccomp());
        return linux;
    }

    private ArrayNode idMappings() {
        ArrayNode mappings = Json.mapper().createArrayNode();
        mapping(mappings, 0, ROOT_UID, APP_UID);
        mapping(mappings, APP_UID, spec.hostUid(), 1);
        mapping(mappings, APP_UID + 1, ROOT_UID + APP_UID + 1, 65_535 - APP_UID);
        return mappings;
    }

    private static void mapping(ArrayNode mappings, int inside, int host, int size) {
        mappings.addObject().put("containerID", inside).put("hostID", host).put("size", size);
    }

    private static void add(ArrayNode mounts, String target, String type, String source, String... options) {
        ObjectNode mount =
                mounts.addObject().put("destination", target).put("type", type).put("source", source);
        ArrayNode list = mount.putArray("options");
        new ArrayList<>(List.of(options)).forEach(list::add);
    }

    private static long mebibytes(int amount) {
        return (long) amount << 20;
    }
}
