package dev.celadon.container;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file systems that containers stand on: the newest image of their stack in this host's store, {@code
 * STACK-PATCH.sqfs}, or else the host's own {@code /usr}, read-only. Looked up at every start, so that a new patch level
 * is taken without a restart of the platform. One that cannot be used is told and passed over for the one before it; once
 * one is used, all before it are deleted as soon as nothing stands on them.
 */
final class Stacks {
    private static final Logger log = LoggerFactory.getLogger(Stacks.class);
    private static final String SUFFIX = ".sqfs";
    /** What the host's own programs can stand for. */
    private static final Set<String> OF_HOST = Set.of("cedar", "cedar-build");

    private final Vertx vertx;
    private final ImageMounts images;
    private final Path store;
    private final Path run;
    private final List<String> shownOfHost;
    /** Images that could not be used, as they were then: told once, and tried again at each start. */
    private final Map<Path, Stamp> told = new HashMap<>();

    private final Set<Path> replaced = new HashSet<>();

    /**
     * @param image the image that is mounted, unless the host's own programs are shown
     * @param at where the root is
     * @param shown paths of the host seen at the same place inside, read-only
     */
    record Root(Optional<Path> image, Path at, List<String> shown) {}

    private record Stamp(long bytes, long modified) {}

    Stacks(Vertx vertx, ImageMounts images, Path store, Path run, List<String> shownOfHost) {
        this.vertx = vertx;
        this.images = images;
        this.store = store;
        this.run = run;
        this.shownOfHost = List.copyOf(shownOfHost);
    }

    /** Completes once the root is there for the container, which {@link ImageMounts#release} takes off it again. */
    Future<Root> root(String stack, String container) {
        return vertx.executeBlocking(() -> levels(stack), false)
                .compose(levels -> firstUsable(stack, levels.iterator(), container));
    }

    /** Deletes what was replaced and is unused now. */
    void deleteReplaced() {
        List<Path> unused = unused();
        if (!unused.isEmpty()) {
            vertx.executeBlocking(() -> delete(unused), false)
                    .onFailure(cause -> log.atWarn()
                            .addKeyValue("reason", cause.getMessage())
                            .log("stack-image-not-deleted"));
        }
    }

    private Future<Root> firstUsable(String stack, Iterator<Path> levels, String container) {
        if (!levels.hasNext()) {
            return OF_HOST.contains(stack)
                    ? Future.succeededFuture(new Root(Optional.empty(), run.resolve("hoststack"), shownOfHost))
                    : Future.failedFuture(new ContainerUnavailable("stack " + stack + " has no image on this host"));
        }
        Path image = levels.next();
        return images.use(image, container)
                .map(used -> new Root(Optional.of(image), ImageMounts.place(run, image), List.of()))
                .onSuccess(used -> replace(levels))
                .recover(cause -> {
                    tell(image, cause);
                    // Never the host's own programs instead: what was built on an image need not run on them.
                    return levels.hasNext() ? firstUsable(stack, levels, container) : Future.failedFuture(cause);
                });
    }

    /** Newest first. Blocks. */
    private List<Path> levels(String stack) throws IOException {
        Pattern name = Pattern.compile(Pattern.quote(stack) + "-\\d{1,9}" + Pattern.quote(SUFFIX));
        return Bundles.list(store).stream()
                .filter(file -> name.matcher(nameOf(file)).matches())
                .sorted(Comparator.comparingInt((Path file) -> Integer.parseInt(nameOf(file)
                                .substring(stack.length() + 1, nameOf(file).length() - SUFFIX.length())))
                        .reversed())
                .toList();
    }

    private synchronized void tell(Path image, Throwable cause) {
        Stamp stamp = stamp(image);
        if (!stamp.equals(told.put(image, stamp))) {
            log.atError()
                    .addKeyValue("image", image)
                    .addKeyValue("reason", cause.getMessage())
                    .log("stack-image-broken");
        }
    }

    private synchronized void replace(Iterator<Path> older) {
        older.forEachRemaining(replaced::add);
    }

    private synchronized List<Path> unused() {
        List<Path> unused =
                replaced.stream().filter(image -> !images.isUsed(image)).toList();
        unused.forEach(replaced::remove);
        return unused;
    }

    private static @Nullable Void delete(List<Path> unused) throws IOException {
        for (Path image : unused) {
            Files.deleteIfExists(image);
            log.atInfo().addKeyValue("image", image).log("stack-image-deleted");
        }
        return null;
    }

    private static Stamp stamp(Path image) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(image, BasicFileAttributes.class);
            return new Stamp(attributes.size(), attributes.lastModifiedTime().toMillis());
        } catch (IOException gone) {
            return new Stamp(0, 0);
        }
    }

    private static String nameOf(Path file) {
        return String.valueOf(file.getFileName());
    }
}
