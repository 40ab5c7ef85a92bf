package dev.celadon.compiler.domain;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Which config vars a build sees in its {@code ENV_DIR}: one file per var, named by its key. */
public final class BuildVariables {
    private static final Pattern KEY = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,254}");

    private BuildVariables() {}

    /** Keys that cannot name a file or a variable are left out. */
    public static Map<String, String> files(Map<String, String> configVars) {
        Map<String, String> files = new TreeMap<>();
        configVars.forEach((key, value) -> {
            if (KEY.matcher(key).matches()) {
                files.put(key, value);
            }
        });
        return files;
    }
}
