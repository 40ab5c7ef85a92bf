package dev.celadon.compiler.build;

import dev.celadon.compiler.CompilerSettings;
import dev.celadon.compiler.domain.Build;
import dev.celadon.compiler.domain.ProcessTypes;
import dev.celadon.compiler.domain.Slug;
import dev.celadon.compiler.domain.Submodule;
import dev.celadon.compiler.output.LiveOutput;
import dev.celadon.compiler.store.AppReads;
import dev.celadon.container.ContainerHost;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The way from a push to a slug, step by step. */
public final class SlugBuild {
    private final Vertx vertx;
    private final CompilerSettings.Limits limits;
    private final AppReads apps;
    private final AppUids uids;
    private final BuildSites sites;
    private final SourceFetch fetch;
    private final BuildCaches caches;
    private final BuildContainers containers;
    private final SlugPacking packing;

    public SlugBuild(
            Platform platform,
            CompilerSettings settings,
            ContainerHost host,
            AppReads apps,
            BuildSites sites,
            BuildCaches caches) {
        this.vertx = platform.vertx();
        this.limits = settings.limits();
        this.apps = apps;
        this.uids = new AppUids(platform);
        this.sites = sites;
        this.fetch = new SourceFetch(platform, limits.sourceBytes(), settings.blocked());
        this.caches = caches;
        this.containers = new BuildContainers(vertx, host, settings.buildpacks(), limits);
        this.packing = new SlugPacking(vertx, host, platform.blobs(), limits);
    }

    /** An empty directory below which everything of the build happens. */
    Future<Path> place(Build build) {
        return sites.fresh(build.id());
    }

    /** Fails with {@code BuildRejected} when the push makes no slug. */
    Future<Slug> slug(Build build, Path place, LiveOutput output, Stop stop) {
        return uids.hostUid(build.appId())
                .compose(stop::check)
                .compose(hostUid -> sites.make(build, place, hostUid, limits.diskMb(), apps))
                .compose(site -> fetched(site, stop)
                        .compose(stop::check)
                        .compose(this::unpacked)
                        .compose(stop::check)
                        .compose(ready -> planned(site, output))
                        .compose(manifest -> compiled(site, output, stop)
                                .compose(stop::check)
                                .compose(types -> packing.pack(site, types, manifest, output)))
                        .compose(stop::check));
    }

    Future<Void> clear(Build build) {
        return sites.clear(build.id());
    }

    public Future<Void> close() {
        return fetch.close();
    }

    private Future<BuildSite> fetched(BuildSite site, Stop stop) {
        return fetch.fetch(site.build().source(), site.tar(), stop).map(site);
    }

    /** A Procfile that does not parse is told before the long work begins. */
    private Future<BuildSite> unpacked(BuildSite site) {
        return vertx.executeBlocking(
                () -> {
                    List<Submodule> submodules = SourceTree.unpack(
                            site.tar(),
                            site.source(),
                            site.hostUid(),
                            new SourceTree.Limits(
                                    limits.sourceBytes(), site.build().source().isArchive()));
                    Files.delete(site.tar());
                    BuiltFiles.procfile(site.source());
                    BuildPlan.write(site, submodules);
                    return site;
                },
                false);
    }

    /** Which buildpacks are to run is settled before anything of the app runs. */
    private Future<AppManifest> planned(BuildSite site, LiveOutput output) {
        return apps.buildpacks(site.build().appId())
                .compose(setting -> vertx.executeBlocking(() -> BuildPlan.choose(site, setting), false))
                .onSuccess(manifest -> {
                    if (manifest.isBroken()) {
                        output.line(" !     app.json is no JSON object: it is not used.");
                    }
                });
    }

    private Future<ProcessTypes> compiled(BuildSite site, LiveOutput output, Stop stop) {
        return caches.open(site.build().appId(), site.build().id(), site.hostUid())
                // Closed before the build's last word: the next build of the app opens the same image.
                .compose(cache -> containers
                        .run(site, cache, output, stop)
                        .eventually(() -> caches.close(site.build().id())))
                .compose(stop::check)
                .compose(exit -> vertx.executeBlocking(() -> BuildOutcome.read(site, exit, limits.memoryMb()), false));
    }
}
