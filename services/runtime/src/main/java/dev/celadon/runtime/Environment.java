package dev.celadon.runtime;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The settings, read from environment variables {@code CELADON_*}. Each read names its default and meaning, so the
 * settings table of the documentation is printed from here; {@link #verify} reports every problem at once, also a
 * variable with our prefix that nobody read.
 */
public final class Environment {
    public static final String PREFIX = "CELADON_";

    private static final Pattern DURATION_PART = Pattern.compile("(\\d+)(ms|s|m|h|d)");
    private static final Pattern DURATION = Pattern.compile("(\\d+(ms|s|m|h|d))+");
    private static final Pattern BYTES = Pattern.compile("(\\d+)(B|KB|MB|GB)");

    private final Map<String, String> variables;
    private final Map<String, Setting> settings = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    public Environment(Map<String, String> variables) {
        this.variables = Map.copyOf(variables);
    }

    public String string(String name, String fallback, String meaning) {
        return read(name, fallback, meaning, value -> value);
    }

    public Optional<String> optional(String name, String meaning) {
        declare(new Setting(name, "", meaning, false));
        return value(name);
    }

    /** Like {@link #optional}, and never printed. */
    public Optional<String> secret(String name, String meaning) {
        declare(new Setting(name, "", meaning, true));
        return value(name);
    }

    public List<String> list(String name, String fallback, String meaning) {
        return read(
                name,
                fallback,
                meaning,
                value -> Arrays.stream(value.split(","))
                        .map(String::strip)
                        .filter(part -> !part.isEmpty())
                        .toList());
    }

    public Path path(String name, String fallback, String meaning) {
        return read(name, fallback, meaning, Path::of);
    }

    public boolean flag(String name, boolean fallback, String meaning) {
        return read(name, fallback ? "on" : "off", meaning, value -> switch (value) {
            case "on", "true", "1" -> true;
            case "off", "false", "0" -> false;
            default -> throw new IllegalArgumentException("expected: on or off");
        });
    }

    /** A TCP port; 0 takes any free one. */
    public int port(String name, int fallback, String meaning) {
        return integer(name, fallback, 0, 65_535, meaning);
    }

    public int integer(String name, int fallback, int least, int most, String meaning) {
        return read(name, Integer.toString(fallback), meaning, value -> {
            int number = parseInteger(value, least, most);
            if (number < least || number > most) {
                throw new IllegalArgumentException("expected: " + least + ".." + most);
            }
            return number;
        });
    }

    /** {@code 30s}, {@code 1m30s}, {@code 250ms}. */
    public Duration duration(String name, String fallback, String meaning) {
        return read(name, fallback, meaning, Environment::parseDuration);
    }

    /** {@code 200MB}; units are powers of 1024. */
    public long bytes(String name, String fallback, String meaning) {
        return read(name, fallback, meaning, Environment::parseBytes);
    }

    /** Names a variable with our prefix that is not a setting, such as one the platform itself hands out. */
    public void ignore(String name) {
        settings.putIfAbsent(name, new Setting(name, "", "", false));
    }

    /** Fails with all problems at once, each naming its variable. */
    public void verify() {
        List<String> found = new ArrayList<>(problems);
        variables.keySet().stream()
                .filter(name -> name.startsWith(PREFIX) && !settings.containsKey(name))
                .sorted()
                .forEach(name -> found.add(name + ": no such setting"));
        if (!found.isEmpty()) {
            throw new InvalidSettings(found);
        }
    }

    /** Every setting read so far, in reading order. */
    public List<Setting> settings() {
        return settings.values().stream()
                .filter(setting -> !setting.meaning().isEmpty())
                .toList();
    }

    /** A value of a kind of its own; the message of {@code parse}'s IllegalArgumentException says what is expected. */
    public <T> T read(String name, String fallback, String meaning, Function<String, T> parse) {
        declare(new Setting(name, fallback, meaning, false));
        String value = variables.getOrDefault(name, fallback);
        try {
            return parse.apply(value);
        } catch (IllegalArgumentException invalid) {
            problems.add(name + ": " + value + " (" + invalid.getMessage() + ")");
            return parse.apply(fallback);
        }
    }

    private void declare(Setting setting) {
        @Nullable Setting earlier = settings.put(setting.name(), setting);
        if (earlier != null && !earlier.equals(setting)) {
            throw new IllegalStateException(setting.name() + " is read twice with other words");
        }
    }

    private Optional<String> value(String name) {
        return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
    }

    private static int parseInteger(String value, int least, int most) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException("expected: " + least + ".." + most);
        }
    }

    static Duration parseDuration(String value) {
        if (!DURATION.matcher(value).matches()) {
            throw new IllegalArgumentException("expected: a duration such as 30s, 1m30s or 250ms");
        }
        Duration total = Duration.ZERO;
        var part = DURATION_PART.matcher(value);
        while (part.find()) {
            long amount = Long.parseLong(part.group(1));
            total = total.plus(
                    switch (part.group(2)) {
                        case "ms" -> Duration.ofMillis(amount);
                        case "s" -> Duration.ofSeconds(amount);
                        case "m" -> Duration.ofMinutes(amount);
                        case "h" -> Duration.ofHours(amount);
                        default -> Duration.ofDays(amount);
                    });
        }
        return total;
    }

    static long parseBytes(String value) {
        var parts = BYTES.matcher(value);
        if (!parts.matches()) {
            throw new IllegalArgumentException("expected: a size such as 512KB or 200MB");
        }
        int shift = switch (parts.group(2)) {
            case "B" -> 0;
            case "KB" -> 10;
            case "MB" -> 20;
            default -> 30;
        };
        return Long.parseLong(parts.group(1)) << shift;
    }
}
