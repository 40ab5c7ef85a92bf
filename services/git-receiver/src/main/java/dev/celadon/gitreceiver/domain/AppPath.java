package dev.celadon.gitreceiver.domain;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a git client asks for, read from a path: {@code /APP.git/info/refs}. A name that is no app name is no path. */
public record AppPath(String appName, Resource resource) {
    private static final Pattern PATH =
            Pattern.compile("/(?<app>[a-z][a-z0-9-]{1,28}[a-z0-9])(\\.git)?/(?<rest>[a-z/-]+)");

    /** The three resources of smart HTTP. */
    public enum Resource {
        REFS("info/refs", "GET"),
        RECEIVE_PACK("git-receive-pack", "POST"),
        UPLOAD_PACK("git-upload-pack", "POST");

        private final String path;
        private final String method;

        Resource(String path, String method) {
            this.path = path;
            this.method = method;
        }

        /** {@code git-receive-pack}. */
        public String service() {
            return path;
        }
    }

    public static Optional<AppPath> parse(String method, String path) {
        var parts = PATH.matcher(path);
        if (!parts.matches()) {
            return Optional.empty();
        }
        return Arrays.stream(Resource.values())
                .filter(resource -> resource.path.equals(parts.group("rest")) && resource.method.equals(method))
                .findFirst()
                .map(resource -> new AppPath(parts.group("app"), resource));
    }
}
