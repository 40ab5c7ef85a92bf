package dev.celadon.container;

import java.util.List;
import java.util.Map;

/**
 * One more process inside a running container.
 *
 * @param id unique on the host: {@code [a-z0-9-]{1,48}}
 * @param target the container's id
 * @param environment over the container's own
 * @param isTerminal whether it gets a pseudo terminal
 */
public record ExecSpec(
        String id, String target, List<String> command, Map<String, String> environment, boolean isTerminal) {
    public ExecSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }
}
