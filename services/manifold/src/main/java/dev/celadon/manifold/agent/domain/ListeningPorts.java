package dev.celadon.manifold.agent.domain;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Ports on which a dyno's processes wait for connections from outside, from the kernel's list of its TCP sockets. */
public final class ListeningPorts {
    private static final String LISTEN = "0A";
    private static final Set<String> LOOPBACK =
            Set.of("0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F");

    private ListeningPorts() {}

    /** @param lines of {@code /proc/PID/net/tcp} and {@code tcp6}: {@code 0: 00000000:1F90 00000000:0000 0A …} */
    public static Set<Integer> of(Stream<String> lines) {
        return lines.map(line -> line.strip().split("\\s+"))
                .filter(fields -> fields.length > 3 && fields[3].equals(LISTEN))
                .map(fields -> fields[1].split(":"))
                .filter(local -> !LOOPBACK.contains(local[0]))
                .map(local -> Integer.parseInt(local[1], 16))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
