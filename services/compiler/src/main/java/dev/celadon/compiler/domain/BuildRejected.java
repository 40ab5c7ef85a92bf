package dev.celadon.compiler.domain;

/** The outcome of a build that makes no slug, in the words the pusher reads after {@code Heroku push rejected, }. */
public final class BuildRejected extends RuntimeException {
    public static final String NO_APP_DETECTED = "no Cedar-supported app detected";
    public static final String CANCELLED = "build was cancelled";

    public BuildRejected(String reason) {
        super(reason, null, false, false);
    }

    public String reason() {
        return String.valueOf(getMessage());
    }
}
