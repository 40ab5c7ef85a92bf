package dev.celadon.manifold.scheduler.domain;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What an app wants to run: its current release and the formation. */
public record Wanted(
        UUID appId,
        String appName,
        UUID releaseId,
        int version,
        String slugSha256,
        @Nullable String commit,
        String stack,
        List<Type> types) {
    public Wanted {
        types = List.copyOf(types);
    }

    public Optional<Type> web() {
        return types.stream().filter(Type::isWeb).findFirst();
    }

    /** @param bootSeconds how long a web dyno may take to bind {@code $PORT} */
    public record Type(String name, String command, int quantity, int memoryMb, int bootSeconds) {
        public boolean isWeb() {
            return name.equals("web");
        }
    }
}
