package dev.celadon.gitreceiver.domain;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a git client asks for over SSH: {@code git-receive-pack 'APP.git'}. The path may begin with a slash, as in
 * {@code ssh://git@host/APP.git}.
 */
public record SshRequest(boolean isPush, String appName) {
    private static final Pattern COMMAND = Pattern.compile(
            "git[- ](?<service>receive|upload)-pack (?<quote>'?)/?(?<app>[a-z][a-z0-9-]{1,28}[a-z0-9])(\\.git)?/?\\k<quote>");

    /** Empty for every other command: nothing else is run here. */
    public static Optional<SshRequest> parse(String command) {
        var parts = COMMAND.matcher(command);
        return parts.matches()
                ? Optional.of(new SshRequest(parts.group("service").equals("receive"), parts.group("app")))
                : Optional.empty();
    }
}
