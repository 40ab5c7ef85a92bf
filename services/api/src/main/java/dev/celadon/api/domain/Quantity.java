package dev.celadon.api.domain;

import java.util.Optional;
import java.util.regex.Pattern;

/** How many dynos of a type are asked for: {@code 3}, or relative to what is there, {@code +2}, {@code -1}. */
public final class Quantity {
    public static final int MOST = 100;

    private static final Pattern WORD = Pattern.compile("[+-]?\\d{1,4}");

    private Quantity() {}

    /** Empty when the word is no quantity or the result is not within 0 and {@link #MOST}. */
    public static Optional<Integer> apply(String word, int current) {
        if (!WORD.matcher(word).matches()) {
            return Optional.empty();
        }
        boolean isRelative = word.startsWith("+") || word.startsWith("-");
        int wanted = Integer.parseInt(word) + (isRelative ? current : 0);
        return wanted >= 0 && wanted <= MOST ? Optional.of(wanted) : Optional.empty();
    }
}
