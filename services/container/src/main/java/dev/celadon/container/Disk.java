package dev.celadon.container;

import java.nio.file.Path;

/** A sized, mounted file system of one container. {@code id} is the container's; {@code root} is where it is mounted. */
public record Disk(String id, Path root) {}
