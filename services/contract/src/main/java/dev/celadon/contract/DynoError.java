package dev.celadon.contract;

/** The runtime error codes of a dyno, with the words of their log line. */
public enum DynoError {
    R10("Boot timeout"),
    R11("Bad bind"),
    R12("Exit timeout"),
    R13("Attach error"),
    R14("Memory quota exceeded"),
    R15("Memory quota vastly exceeded"),
    R16("Detached"),
    R17("Checksum error"),
    R99("Platform error");

    private final String description;

    DynoError(String description) {
        this.description = description;
    }

    /** {@code Error R10 (Boot timeout)}. */
    public String title() {
        return "Error " + name() + " (" + description + ")";
    }
}
