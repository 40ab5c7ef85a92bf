package dev.celadon.api.releases;

import dev.celadon.api.domain.ConfigChange;
import dev.celadon.api.domain.DynoSize;
import dev.celadon.api.domain.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a source's {@code app.json} says for the first deploy. What is not as it should be is left out, as a file in the
 * source must not stop a deploy.
 *
 * @param values config vars with a value of their own
 * @param generated config vars that want a secret ({@code "generator": "secret"})
 */
record AppJson(Map<String, String> values, List<String> generated, List<Type> formation, Optional<String> postdeploy) {
    /** A process type's wanted dynos. */
    record Type(String name, int quantity, String size) {}

    static AppJson of(Map<?, ?> json) {
        Map<String, String> values = new TreeMap<>();
        List<String> generated = new ArrayList<>();
        object(json.get("env")).forEach((key, value) -> {
            String name = String.valueOf(key);
            if (ConfigChange.problem(name).isPresent()) {
                return;
            }
            if (value instanceof String text) {
                values.put(name, text);
            } else if ("secret".equals(object(value).get("generator"))) {
                generated.add(name);
            } else if (object(value).get("value") instanceof String text) {
                values.put(name, text);
            }
        });
        List<Type> formation = new ArrayList<>();
        object(json.get("formation")).forEach((name, wanted) -> {
            String quantity = String.valueOf(object(wanted).get("quantity"));
            String size = String.valueOf(object(wanted).get("size"));
            formation.add(new Type(
                    String.valueOf(name),
                    Quantity.apply(quantity, 0).orElse(1),
                    DynoSize.of(size).orElse(DynoSize.STANDARD_1X).word()));
        });
        Optional<String> postdeploy = Optional.ofNullable(
                        object(json.get("scripts")).get("postdeploy"))
                .map(script -> script instanceof Map<?, ?> map ? map.get("command") : script)
                .filter(String.class::isInstance)
                .map(String::valueOf)
                .filter(command -> !command.isBlank());
        return new AppJson(values, generated, formation, postdeploy);
    }

    /** The config vars before, and what they lack of these. */
    Map<String, String> completing(Map<String, String> before, Supplier<String> secrets) {
        Map<String, String> after = new TreeMap<>(values);
        generated.forEach(name -> after.put(name, secrets.get()));
        after.putAll(before);
        return after;
    }

    private static Map<?, ?> object(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }
}
