package dev.celadon.contract;

/** The states of a dyno's life: {@code created → starting → up → stopping → down}, and {@code crashed}. */
public enum DynoState {
    CREATED,
    STARTING,
    UP,
    STOPPING,
    DOWN,
    CRASHED;

    /** Whether the process is gone for good; a replacement is another dyno with its own id. */
    public boolean isFinal() {
        return this == DOWN || this == CRASHED;
    }

    /** The word of log lines and of the API: lower case. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
