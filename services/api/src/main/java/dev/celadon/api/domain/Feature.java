package dev.celadon.api.domain;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What can be switched on and off for one app or one account. */
public enum Feature {
    PREBOOT(Of.APP, "general", "Preboot", "Start new web dynos and route to them before the old ones are stopped"),
    HTTP_SESSION_AFFINITY(
            Of.APP, "general", "Session affinity", "Send a client's requests to the same web dyno while it lives"),
    LOG_RUNTIME_METRICS(Of.APP, "beta", "Runtime metrics", "Write memory and load of each dyno to the app's log"),
    RUNTIME_DYNO_METADATA(
            Of.APP, "beta", "Dyno metadata", "Tell dynos about their app and release in environment variables"),
    METRICS_REQUEST_VOLUME(Of.ACCOUNT, "beta", "Request volume", "Show the number of requests among an app's metrics");

    private final Of of;
    private final String state;
    private final String displayName;
    private final String description;

    Feature(Of of, String state, String displayName, String description) {
        this.of = of;
        this.state = state;
        this.displayName = displayName;
        this.description = description;
    }

    /** Whose a feature is. */
    public enum Of {
        APP,
        ACCOUNT
    }

    public static List<Feature> of(Of of) {
        return Arrays.stream(values()).filter(feature -> feature.of == of).toList();
    }

    /** {@code http-session-affinity}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** {@code general}; a client lists others among its labs. */
    public String state() {
        return state;
    }

    public String displayName() {
        return displayName;
    }

    public String description() {
        return description;
    }
}
