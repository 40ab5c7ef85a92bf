package dev.celadon.runtime;

import java.util.List;

/** Settings that cannot be started with: one line each, naming the variable. */
public final class InvalidSettings extends RuntimeException {
    public InvalidSettings(List<String> problems) {
        super(String.join("\n", problems), null, false, false);
    }
}
