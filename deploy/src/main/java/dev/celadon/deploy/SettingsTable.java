package dev.celadon.deploy;

import dev.celadon.runtime.Environment;
import dev.celadon.runtime.Setting;

/** The settings as the Markdown table of {@code docs/settings.md}. */
public final class SettingsTable {
    private SettingsTable() {}

    public static String of(Environment environment) {
        StringBuilder table = new StringBuilder("| setting | default | meaning |\n|---|---|---|\n");
        for (Setting setting : environment.settings()) {
            String fallback = setting.fallback().isEmpty() ? "" : "`" + setting.fallback() + "`";
            table.append("| `%s` | %s | %s |\n".formatted(setting.name(), fallback, setting.meaning()));
        }
        return table.toString();
    }
}
