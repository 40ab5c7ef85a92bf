package dev.celadon.container;

import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Slug images, each mounted once however many containers stand on it, and unmounted after the last of them. */
final class SlugMounts {
    private final HostScript script;
    private final Map<Path, Use> uses = new HashMap<>();

    /** Steps of one image follow one another: an unmount that was begun ends before the next mount. */
    private static final class Use {
        private final Set<String> containers = new HashSet<>();
        private boolean isMounted;
        private Future<Void> last = Future.succeededFuture();
    }

    SlugMounts(HostScript script) {
        this.script = script;
    }

    /** What containers of an earlier process stand on is mounted already. Blocks. */
    synchronized void find(Path run) throws IOException {
        for (Path bundle : Bundles.list(run.resolve("c"))) {
            Bundles.slug(bundle).ifPresent(image -> {
                Use use = uses.computeIfAbsent(image, fresh -> new Use());
                use.containers.add(bundle.getFileName().toString());
                use.isMounted = true;
            });
        }
        for (Path mounted : Bundles.list(run.resolve("slugs"))) {
            if (uses.keySet().stream().noneMatch(image -> image.getFileName().equals(mounted.getFileName()))) {
                script.run("unmount-slug", mounted.toString());
            }
        }
    }

    /** Completes once the image is mounted. */
    synchronized Future<Void> use(Path image, String container) {
        Use use = uses.computeIfAbsent(image, fresh -> new Use());
        use.containers.add(container);
        if (!use.isMounted) {
            use.isMounted = true;
            use.last = use.last
                    .transform(before -> script.run("mount-slug", image.toString()))
                    .onFailure(cause -> failed(use));
        }
        return use.last;
    }

    synchronized void release(String container) {
        uses.forEach((image, use) -> {
            if (use.containers.remove(container) && use.containers.isEmpty() && use.isMounted) {
                use.isMounted = false;
                use.last = use.last.transform(before -> script.run("unmount-slug", image.toString()));
            }
        });
        uses.values().removeIf(use -> use.containers.isEmpty() && !use.isMounted && use.last.isComplete());
    }

    private synchronized void failed(Use use) {
        use.isMounted = false;
    }
}
