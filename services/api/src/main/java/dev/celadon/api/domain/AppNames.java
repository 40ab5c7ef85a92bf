package dev.celadon.api.domain;

import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/** What an app may be called, and names for those who do not mind. */
public final class AppNames {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{1,28}[a-z0-9]");
    private static final String[] ADJECTIVES = {
        "young", "freezing", "quiet", "brave", "silent", "gentle", "hidden", "bold", "calm", "eager", "fierce", "polar",
        "rapid", "still", "warm", "wild", "young", "misty", "lively", "rustic", "sleepy", "stormy", "radiant", "arcane"
    };
    private static final String[] NOUNS = {
        "summer", "day", "river", "forest", "meadow", "island", "harbor", "canyon", "dawn", "ember", "field", "garden",
        "lake", "moon", "ocean", "peak", "rain", "shore", "sky", "stone", "storm", "tundra", "valley", "winter"
    };

    private AppNames() {}

    /** What is wrong with the name, if anything. */
    public static Optional<String> problem(String name) {
        return NAME.matcher(name).matches()
                ? Optional.empty()
                : Optional.of("Name " + name + " is invalid: it must start with a letter, end with a letter or digit, "
                        + "have 3 to 30 characters, and can only contain lowercase letters, digits, and dashes.");
    }

    /** {@code young-summer-9942}. */
    public static String random(RandomGenerator random) {
        return ADJECTIVES[random.nextInt(ADJECTIVES.length)] + "-" + NOUNS[random.nextInt(NOUNS.length)] + "-"
                + (1_000 + random.nextInt(9_000));
    }
}
