package dev.celadon.container;

import dev.celadon.runtime.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** Writes what a container is made of into its bundle. Blocks. */
final class BundleWriter {
    private static final String GROUPS = "root:x:0:\ntty:x:5:\ndyno:x:1000:\nnogroup:x:65534:\n";
    private static final String USERS = """
            root:x:0:0:root:/root:/bin/bash
            dyno:x:1000:1000:dyno:/app:/bin/bash
            nobody:x:65534:65534:nobody:/:/usr/sbin/nologin
            """;

    private final HostSetup.Ground ground;
    private final ControlGroups groups;

    BundleWriter(HostSetup.Ground ground, ControlGroups groups) {
        this.ground = ground;
        this.groups = groups;
    }

    void write(ContainerSpec spec, Stacks.Root root, Path bundle) throws IOException {
        List<Path> images = new ArrayList<>();
        root.image().ifPresent(images::add);
        spec.slug().ifPresent(images::add);
        Files.write(
                bundle.resolve("images"), images.stream().map(Path::toString).toList());
        Files.writeString(bundle.resolve("passwd"), USERS);
        Files.writeString(bundle.resolve("group"), GROUPS);
        Files.writeString(bundle.resolve("hosts"), "127.0.0.1 localhost " + spec.hostname() + "\n");
        Files.writeString(bundle.resolve("resolv.conf"), ground.nameservers());
        Path config = bundle.resolve("config.json");
        // It holds the config vars: nobody but root may read it.
        Files.createFile(config, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        String namespace = "/run/netns/cdn-" + ground.instance() + "-" + Bundles.slot(bundle);
        Json.mapper().writeValue(config.toFile(), OciConfig.of(spec, ground, root, namespace, groups.path(spec.id())));
    }
}
