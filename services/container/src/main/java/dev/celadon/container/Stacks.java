package dev.celadon.container;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The file systems that containers stand on: the newest image of their stack in this host's store, {@code
 * STACK-PATCH.sqfs}, or else the host's own {@code /usr}, read-only. Looked up at every start, so that a new patch level
 * is taken without a restart of the platform.
 */
final class Stacks {
    private static final String SUFFIX = ".sqfs";

    private final Path store;
    private final Path run;
    private final List<String> shownOfHost;

    /**
     * @param image the image to mount, unless the host's own programs are shown
     * @param at where the root then is
     * @param shown paths of the host seen at the same place inside, read-only
     */
    record Root(Optional<Path> image, Path at, List<String> shown) {}

    Stacks(Path store, Path run, List<String> shownOfHost) {
        this.store = store;
        this.run = run;
        this.shownOfHost = List.copyOf(shownOfHost);
    }

    /** Blocks. */
    Root root(String stack) throws IOException {
        return newest(stack)
                .map(image -> new Root(Optional.of(image), ImageMounts.place(run, image), List.of()))
                .orElseGet(() -> new Root(Optional.empty(), run.resolve("hoststack"), shownOfHost));
    }

    private Optional<Path> newest(String stack) throws IOException {
        Pattern name = Pattern.compile(Pattern.quote(stack) + "-\\d{1,9}" + Pattern.quote(SUFFIX));
        return Bundles.list(store).stream()
                .filter(file -> name.matcher(nameOf(file)).matches())
                .max(Comparator.comparingInt(file -> Integer.parseInt(
                        nameOf(file).substring(stack.length() + 1, nameOf(file).length() - SUFFIX.length()))));
    }

    private static String nameOf(Path file) {
        return String.valueOf(file.getFileName());
    }
}
