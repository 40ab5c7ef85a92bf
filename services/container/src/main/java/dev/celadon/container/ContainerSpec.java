package dev.celadon.container;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one container is made of.
 *
 * @param id unique on the host: {@code [a-z0-9-]{1,48}}
 * @param hostname seen inside
 * @param command run as uid 1000 below {@code tini -g}, which is PID 1
 * @param environment complete; nothing of the host's is added
 * @param hostUid what uid 1000 is on the host
 * @param stack whose newest image is the root; without an image the host's own {@code /usr} is shown
 * @param slug squashfs image overlaid at {@code /app}; without one {@code /app} is an empty writable directory
 * @param disk made by {@link ContainerHost#createDisk}: holds everything the container writes
 * @param isTerminal whether it gets a pseudo terminal
 */
public record ContainerSpec(
        String id,
        String hostname,
        List<String> command,
        Map<String, String> environment,
        int hostUid,
        String stack,
        Optional<Path> slug,
        Disk disk,
        List<Bind> binds,
        Limits limits,
        boolean isTerminal) {
    public ContainerSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        binds = List.copyOf(binds);
    }

    /** A directory of the host seen inside. */
    public record Bind(Path source, String target, boolean isWritable) {}

    /**
     * @param memoryMb quota, MiB; past it the container swaps where the host can
     * @param memoryMaxMb memory and swap together, MiB; past it the kernel kills
     * @param cpuShares relative weight
     * @param processes and threads at most
     */
    public record Limits(int memoryMb, int memoryMaxMb, int cpuShares, int processes) {}
}
