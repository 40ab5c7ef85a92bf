package dev.celadon.contract;

/** The router's error codes: the description in the log line, the level, and the status served. */
public enum RouterError {
    H10("App crashed", "error", 503),
    H11("Backlog too deep", "error", 503),
    H12("Request timeout", "error", 503),
    H13("Connection closed without response", "error", 503),
    H14("No web processes running", "error", 503),
    H15("Idle connection", "error", 503),
    H17("Poorly formatted HTTP response", "error", 503),
    H18("Server Request Interrupted", "error", 503),
    H19("Backend connection timeout", "error", 503),
    H20("App boot timeout", "error", 503),
    H21("Backend connection refused", "error", 503),
    H22("Connection limit reached", "error", 503),
    H24("Forced close", "error", 503),
    H25("HTTP restriction", "error", 502),
    H26("Request Error", "error", 400),
    H27("Client Request Interrupted", "warning", 499),
    H28("Client Connection Idle", "warning", 499),
    H31("Misdirected Request", "error", 421),
    H80("Maintenance mode", "info", 503),
    H81("Blank app", "info", 503),
    H99("Platform error", "error", 503);

    private final String description;
    private final String level;
    private final int status;

    RouterError(String description, String level, int status) {
        this.description = description;
        this.level = level;
        this.status = status;
    }

    public String code() {
        return name();
    }

    public String description() {
        return description;
    }

    /** The {@code at=} of the log line. */
    public String level() {
        return level;
    }

    public int status() {
        return status;
    }
}
