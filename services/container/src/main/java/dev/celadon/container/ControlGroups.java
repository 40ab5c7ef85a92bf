package dev.celadon.container;

import dev.celadon.container.domain.MemoryUse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** The control groups of this instance's containers, in whichever of the kernel's two layouts. All of it blocks. */
public final class ControlGroups {
    private static final Path ROOT = Path.of("/sys/fs/cgroup");
    private static final int PERIOD_MICROS = 100_000;

    private final String instance;
    private final boolean isVersion2 = Files.exists(ROOT.resolve("cgroup.controllers"));

    ControlGroups(String instance) {
        this.instance = instance;
    }

    /** Whether a group's memory can go to swap on this host, so that the kernel itself slows it down past its quota. */
    static boolean canSwap() throws IOException {
        boolean hasSwap = Files.readAllLines(Path.of("/proc/meminfo")).stream()
                .anyMatch(line -> line.startsWith("SwapTotal:") && !line.matches("SwapTotal:\\s+0 kB"));
        return hasSwap
                && (Files.exists(ROOT.resolve("cgroup.controllers"))
                        || Files.exists(ROOT.resolve("memory/memory.memsw.limit_in_bytes")));
    }

    /** As the runtime is told it. */
    String path(String id) {
        return "/celadon-" + instance + "/" + id;
    }

    /** Empty when the container is gone. */
    public Optional<MemoryUse> memory(String id) throws IOException {
        Path group = group("memory", id);
        try {
            return Optional.of(
                    isVersion2
                            ? MemoryUse.ofVersion2(
                                    Files.readString(group.resolve("memory.stat")),
                                    orEmpty(group.resolve("memory.swap.current")),
                                    Files.readString(group.resolve("memory.events")),
                                    orEmpty(group.resolve("memory.peak")))
                            : MemoryUse.ofVersion1(
                                    Files.readString(group.resolve("memory.stat")),
                                    Files.readString(group.resolve("memory.oom_control")),
                                    orEmpty(group.resolve("memory.max_usage_in_bytes"))));
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        }
    }

    /** How many of its threads run or wait for a processor or a disk at this moment. */
    public int running(String id) throws IOException {
        Path tasks = isVersion2
                ? group("cpu", id).resolve("cgroup.threads")
                : group("cpu", id).resolve("tasks");
        int running = 0;
        for (String task : orEmpty(tasks).lines().toList()) {
            String stat = orEmpty(Path.of("/proc", task, "stat"));
            // The name in brackets may hold anything, also brackets; the state follows the last.
            int state = stat.lastIndexOf(')') + 2;
            if (state > 1 && state < stat.length() && "RD".indexOf(stat.charAt(state)) >= 0) {
                running++;
            }
        }
        return running;
    }

    /** From now on the container gets at most that much of one processor. Nothing happens when it is gone. */
    public void throttle(String id, int percent) throws IOException {
        int micros = PERIOD_MICROS / 100 * percent;
        write(id, isVersion2 ? micros + " " + PERIOD_MICROS : Integer.toString(micros));
    }

    /** Takes a throttle away. */
    public void release(String id) throws IOException {
        write(id, isVersion2 ? "max " + PERIOD_MICROS : "-1");
    }

    private void write(String id, String limit) throws IOException {
        Path file = group("cpu", id).resolve(isVersion2 ? "cpu.max" : "cpu.cfs_quota_us");
        try {
            Files.writeString(file, limit, java.nio.file.StandardOpenOption.WRITE);
        } catch (NoSuchFileException gone) {
            // It ended meanwhile.
        }
    }

    private Path group(String controller, String id) {
        Path root = isVersion2 ? ROOT : ROOT.resolve(controller);
        return root.resolve("celadon-" + instance).resolve(id);
    }

    /** A task may end between the listing and the reading; some files only some kernels have. */
    private static String orEmpty(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException absent) {
            return "";
        } catch (IOException ended) {
            if (String.valueOf(ended.getMessage()).contains("No such process")) {
                return "";
            }
            throw ended;
        }
    }
}
