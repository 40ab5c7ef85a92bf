package dev.celadon.compiler.build;

import dev.celadon.compiler.CompilerSettings.Limits;
import dev.celadon.compiler.domain.ProcessTypes;
import dev.celadon.compiler.domain.Slug;
import dev.celadon.compiler.domain.SlugSize;
import dev.celadon.compiler.output.LiveOutput;
import dev.celadon.container.ContainerHost;
import dev.celadon.runtime.BlobStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.util.UUID;

/** Step four: the built tree as an image in the blob store, if it is not too large. */
final class SlugPacking {
    private final Vertx vertx;
    private final ContainerHost containers;
    private final BlobStore blobs;
    private final Limits limits;

    SlugPacking(Vertx vertx, ContainerHost containers, BlobStore blobs, Limits limits) {
        this.vertx = vertx;
        this.containers = containers;
        this.blobs = blobs;
        this.limits = limits;
    }

    Future<Slug> pack(BuildSite site, ProcessTypes types, AppManifest manifest, LiveOutput output) {
        types.lines().forEach(output::line);
        return containers
                .pack(site.source(), site.image(), site.hostUid())
                .compose(packed -> vertx.executeBlocking(() -> new SlugSize(Files.size(site.image())), false))
                .compose(size -> {
                    size.check(limits.slugBytes());
                    size.lines(limits.slugAdviceBytes()).forEach(output::line);
                    return blobs.put(site.image());
                })
                .map(blob -> new Slug(
                        UUID.randomUUID(),
                        blob.sha256(),
                        blob.bytes(),
                        types.all(),
                        types.buildpack(),
                        site.app().stack(),
                        manifest.json()));
    }
}
