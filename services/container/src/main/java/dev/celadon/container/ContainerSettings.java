package dev.celadon.container;

import dev.celadon.runtime.Environment;

/**
 * How containers are made on this host.
 *
 * @param network {@code a.b.c.d/20} of the bridge, or {@code auto} for the first one nobody uses
 * @param blocked networks no container may reach, comma-separated
 * @param runtime {@code crun}, {@code runc}, or {@code auto} for the first that starts a container
 * @param memoryBytes what all containers of the host may take together; 0 for nine tenths of what it has
 */
public record ContainerSettings(String network, String blocked, String runtime, long memoryBytes) {
    public static ContainerSettings from(Environment environment) {
        return new ContainerSettings(
                environment.string(
                        "CELADON_CONTAINER_NETWORK", "auto", "private /20 network of the dynos, such as 10.77.0.0/20"),
                environment.string(
                        "CELADON_CONTAINER_BLOCKED",
                        "169.254.0.0/16,127.0.0.0/8,224.0.0.0/4",
                        "networks that dynos and builds cannot reach"),
                environment.string("CELADON_CONTAINER_RUNTIME", "auto", "OCI runtime: crun, runc or auto"),
                environment.bytes(
                        "CELADON_CONTAINER_MEMORY",
                        "0MB",
                        "memory of all dynos and builds of a host together; 0MB: nine tenths of what it has"));
    }
}
