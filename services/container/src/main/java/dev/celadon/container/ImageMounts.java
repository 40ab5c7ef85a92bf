package dev.celadon.container;

import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Images of slugs and stacks, each mounted once however many containers stand on it, and unmounted after the last of them. */
final class ImageMounts {
    private final HostScript script;
    private final Map<Path, Use> uses = new HashMap<>();

    /** Steps of one image follow one another: an unmount that was begun ends before the next mount. */
    private static final class Use {
        private final Set<String> containers = new HashSet<>();
        private boolean isMounted;
        private Future<Void> last = Future.succeededFuture();
    }

    ImageMounts(HostScript script) {
        this.script = script;
    }

    /** Where an image is mounted, below the directory of this instance's containers. */
    static Path place(Path run, Path image) {
        return run.resolve("images").resolve(String.valueOf(image.getFileName()));
    }

    /** What containers of an earlier process stand on is mounted already. Blocks. */
    synchronized void find(Path run) throws IOException {
        for (Path bundle : Bundles.list(run.resolve("c"))) {
            Bundles.images(bundle).forEach(image -> {
                Use use = uses.computeIfAbsent(image, fresh -> new Use());
                use.containers.add(bundle.getFileName().toString());
                use.isMounted = true;
            });
        }
        for (Path mounted : Bundles.list(run.resolve("images"))) {
            if (uses.keySet().stream().noneMatch(image -> image.getFileName().equals(mounted.getFileName()))) {
                script.run("unmount-image", mounted.toString());
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
                    .transform(before -> script.run("mount-image", image.toString()))
                    .onFailure(cause -> failed(use));
        }
        return use.last;
    }

    synchronized boolean isUsed(Path image) {
        Use use = uses.get(image);
        return use != null && !use.containers.isEmpty();
    }

    synchronized void release(String container) {
        uses.forEach((image, use) -> {
            if (use.containers.remove(container) && use.containers.isEmpty() && use.isMounted) {
                use.isMounted = false;
                use.last = use.last.transform(before -> script.run("unmount-image", image.toString()));
            }
        });
        uses.values().removeIf(use -> use.containers.isEmpty() && !use.isMounted && use.last.isComplete());
    }

    private synchronized void failed(Use use) {
        use.isMounted = false;
    }
}
