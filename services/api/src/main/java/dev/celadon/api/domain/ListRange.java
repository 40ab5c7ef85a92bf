package dev.celadon.api.domain;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which part of a list is asked for: {@code name ]last..; order=desc,max=10;}. Values are compared as numbers where
 * both are numbers, else as text.
 *
 * @param from where the part begins, in the asked order; exclusive after {@code ]}
 */
public record ListRange(
        String attribute, Optional<String> from, boolean isAfter, Optional<String> to, int max, boolean isDescending) {
    public static final int DEFAULT_MAX = 200;
    public static final int MOST = 1_000;

    private static final Pattern FORM =
            Pattern.compile("\\s*([a-z_]+)\\s+(]?)([^;\\[\\]]*?)\\.\\.([^;\\[\\]]*?)\\s*(?:;(.*))?");
    private static final Pattern ORDER = Pattern.compile("order\\s*=\\s*(asc|desc)");
    private static final Pattern MAX = Pattern.compile("max\\s*=\\s*(\\d{1,9})");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

    /**
     * One part of a list, with what {@code Content-Range} and {@code Next-Range} say.
     *
     * @param nextRange absent on the last part
     */
    public record Part<T>(List<T> items, String contentRange, Optional<String> nextRange) {}

    /** The whole list by one attribute. */
    public static ListRange of(String attribute) {
        return new ListRange(attribute, Optional.empty(), false, Optional.empty(), DEFAULT_MAX, false);
    }

    /** Empty when the header has another form; a part out of bounds is the caller's to refuse. */
    public static Optional<ListRange> parse(String header) {
        Matcher form = FORM.matcher(header);
        if (!form.matches()) {
            return Optional.empty();
        }
        String options = form.group(5) == null ? "" : form.group(5);
        Matcher order = ORDER.matcher(options);
        Matcher max = MAX.matcher(options);
        return Optional.of(new ListRange(
                form.group(1),
                Optional.of(form.group(3).strip()).filter(text -> !text.isEmpty()),
                form.group(2).equals("]"),
                Optional.of(form.group(4).strip()).filter(text -> !text.isEmpty()),
                max.find() ? Integer.parseInt(max.group(1)) : DEFAULT_MAX,
                order.find() && order.group(1).equals("desc")));
    }

    public boolean isSatisfiable() {
        return max >= 1 && max <= MOST;
    }

    /** @param value of an item's attribute */
    public <T> Part<T> of(List<T> items, BiFunction<T, String, String> value) {
        Comparator<T> order = (one, other) -> compare(value.apply(one, attribute), value.apply(other, attribute));
        List<T> sorted = new ArrayList<>(items);
        sorted.sort(isDescending ? order.reversed() : order);
        List<T> inside = sorted.stream()
                .filter(item -> isInside(value.apply(item, attribute)))
                .toList();
        List<T> part = inside.subList(0, Math.min(max, inside.size()));
        if (part.isEmpty()) {
            return new Part<>(part, attribute + " ..", Optional.empty());
        }
        String first = value.apply(part.get(0), attribute);
        String last = value.apply(part.get(part.size() - 1), attribute);
        String next =
                attribute + " ]" + last + ".." + to.orElse("") + "; max=" + max + (isDescending ? ", order=desc" : "");
        return new Part<>(
                part,
                attribute + " " + first + ".." + last,
                part.size() < inside.size() ? Optional.of(next) : Optional.empty());
    }

    private boolean isInside(String value) {
        int direction = isDescending ? -1 : 1;
        boolean isFarEnough = from.map(start -> direction * compare(value, start))
                .map(distance -> isAfter ? distance > 0 : distance >= 0)
                .orElse(true);
        return isFarEnough
                && to.map(end -> direction * compare(value, end) <= 0).orElse(true);
    }

    private static int compare(String one, String other) {
        return NUMBER.matcher(one).matches() && NUMBER.matcher(other).matches()
                ? new BigInteger(one).compareTo(new BigInteger(other))
                : one.compareTo(other);
    }
}
