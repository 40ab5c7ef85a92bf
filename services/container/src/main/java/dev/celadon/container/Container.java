package dev.celadon.container;

import java.nio.file.Path;

/**
 * A started container.
 *
 * @param address its IP address on the host's bridge
 * @param log where its monitor writes stdout and stderr, {@code <RFC 3339> <stream> <F|P> <text>} a line
 */
public record Container(String id, int pid, String address, Path log) {}
