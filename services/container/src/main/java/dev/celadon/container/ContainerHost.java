package dev.celadon.container;

import dev.celadon.runtime.Processes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This host as a place for containers. Everything it makes is named after the platform's instance, so two platforms on
 * one host do not meet; everything a container needs is found again after the platform was killed, because its facts
 * lie in its bundle and its monitor (conmon) lives on.
 */
public final class ContainerHost {
    private static final Logger log = LoggerFactory.getLogger(ContainerHost.class);
    private static final Pattern ID = Pattern.compile("[a-z0-9-]{1,48}");
    private static final String LOG_BYTES = Integer.toString(10 << 20);
    /** Beside a log, the file that names the process which writes it. */
    static final String MONITOR = "monitor.pid";

    private static final Duration EXIT_LOOK = Duration.ofMillis(100);

    private final Vertx vertx;
    private final Processes processes;
    private final HostSetup.Ground ground;
    private final HostScript script;
    private final Slots slots;
    private final Sites sites;
    private final ImageMounts images;
    private final Stacks stacks;
    private final Execs execs;
    private final ControlGroups groups;
    private final BundleWriter bundleWriter;
    private final List<BiConsumer<String, Integer>> listeners = new CopyOnWriteArrayList<>();
    private final Set<String> ended = new HashSet<>();
    private long exitTimer = -1;

    private ContainerHost(Vertx vertx, Processes processes, HostSetup.Ground ground) {
        this.vertx = vertx;
        this.processes = processes;
        this.ground = ground;
        this.script = new HostScript(processes, ground.script());
        this.slots = new Slots(Subnet.of(ground.network()));
        this.sites = new Sites(vertx, script, slots, ground.run());
        this.images = new ImageMounts(script);
        this.groups = new ControlGroups(ground.instance());
        this.stacks = new Stacks(vertx, images, ground.data().resolve("stacks"), ground.run(), ground.stackPaths());
        this.bundleWriter = new BundleWriter(ground, groups);
        this.execs = new Execs(vertx, script, ground.run());
    }

    /**
     * Makes the host ready, and finds what an earlier process left.
     *
     * @param instance the platform's short name on this host, 4–8 of {@code [a-z0-9]}
     */
    public static Future<ContainerHost> prepare(
            Vertx vertx, Processes processes, Path dataDirectory, String instance, ContainerSettings settings) {
        return vertx.executeBlocking(
                () -> {
                    HostSetup.Ground ground = new HostSetup(dataDirectory, instance, settings).prepare();
                    ContainerHost host = new ContainerHost(vertx, processes, ground);
                    host.find();
                    log.atInfo()
                            .addKeyValue("runtime", ground.runtime())
                            .addKeyValue("network", ground.network())
                            .log("container-host-ready");
                    return host;
                },
                false);
    }

    /** From now on {@code count} disks of that size are kept ready, so that a start need not wait for one. */
    public void keepReady(int megabytes, int count) {
        sites.keepReady(megabytes, count);
    }

    /** A sized loop disk, mounted, owned by {@code hostUid}; made before the container that uses it. */
    public Future<Disk> createDisk(String id, int hostUid, int megabytes) {
        checkId(id);
        return sites.occupy(bundle(id), hostUid, megabytes)
                .map(done -> new Disk(id, bundle(id).resolve("disk")))
                .recover(cause -> remove(id).transform(removed -> Future.failedFuture(cause)));
    }

    /** Creates and starts; on failure everything made for it is gone again, the disk included. */
    public Future<Container> start(ContainerSpec spec) {
        return make(spec, "start", "-l", "k8s-file:" + logsOf(spec.id()).resolve("log"), "--log-size-max", LOG_BYTES);
    }

    /**
     * Creates without starting, so that {@link #attach} misses nothing; its output goes to whoever is attached, not to
     * the log. On failure everything made for it is gone again.
     */
    public Future<Container> create(ContainerSpec spec) {
        return make(spec, "create", "-l", "none", spec.isTerminal() ? "-t" : "-i");
    }

    /**
     * Makes a process inside a container that runs, without starting it. From here on it is handled like what
     * {@link #create} makes, and ends with the container at the latest.
     */
    public Future<Void> createInside(ExecSpec spec) {
        checkId(spec.id());
        checkId(spec.target());
        return execs.create(spec).recover(cause -> remove(spec.id()).transform(gone -> Future.failedFuture(cause)));
    }

    /** Connects to the input and output of what {@link #create} or {@link #createInside} made. */
    public Future<Attachment> attach(String id) {
        checkId(id);
        return Attachment.open(vertx, bundle(id).resolve("attach"));
    }

    /** Starts what {@link #create} or {@link #createInside} made. */
    public Future<Void> begin(String id) {
        checkId(id);
        return script.run("begin", id);
    }

    private Future<Container> make(ContainerSpec spec, String verb, String... monitorOptions) {
        checkId(spec.id());
        List<String> arguments = new ArrayList<>(List.of(verb, spec.id()));
        arguments.addAll(List.of(monitorOptions));
        return stacks.root(spec.stack(), spec.id())
                .compose(root -> vertx.executeBlocking(() -> furnish(spec, root), false))
                .compose(furnished ->
                        spec.slug().map(slug -> images.use(slug, spec.id())).orElseGet(Future::succeededFuture))
                .compose(there -> script.run(arguments.toArray(String[]::new)))
                .compose(started -> vertx.executeBlocking(() -> container(bundle(spec.id())), false))
                .recover(cause -> remove(spec.id()).transform(removed -> Future.failedFuture(cause)));
    }

    private @Nullable Void furnish(ContainerSpec spec, Stacks.Root root) throws IOException {
        Path logs = Files.createDirectories(logsOf(spec.id()));
        Files.createSymbolicLink(logs.resolve(MONITOR), bundle(spec.id()).resolve("conmon.pid"));
        bundleWriter.write(spec, root, bundle(spec.id()));
        return null;
    }

    /** Every container of this instance that was started and not removed, running or ended. */
    public Future<List<Container>> list() {
        return vertx.executeBlocking(
                () -> {
                    List<Container> found = new ArrayList<>();
                    for (Path bundle : bundles()) {
                        if (Files.exists(bundle.resolve("pidfile"))) {
                            found.add(container(bundle));
                        }
                    }
                    return found;
                },
                false);
    }

    /** The ids of everything that was begun, also a disk whose container never started. */
    public Future<List<String>> ids() {
        return vertx.executeBlocking(
                () -> bundles().stream()
                        .map(bundle -> bundle.getFileName().toString())
                        .toList(),
                false);
    }

    /** To every process of the container; succeeds when it has ended already. {@code signal} is {@code TERM}, {@code HUP} or {@code KILL}. */
    public Future<Void> signal(String id, String signal) {
        checkId(id);
        return script.run("signal", id, signal);
    }

    /** 0–255 once it ended, 128 + signal when killed. */
    public Future<OptionalInt> exitStatus(String id) {
        checkId(id);
        return vertx.executeBlocking(
                () -> Bundles.exit(ground.run().resolve("exits").resolve(id)), false);
    }

    /** Called once for each container that ends from now on, with its id and exit status, on an event loop. */
    public void onExit(BiConsumer<String, Integer> listener) {
        listeners.add(listener);
        if (exitTimer < 0) {
            exitTimer = vertx.setPeriodic(EXIT_LOOK.toMillis(), tick -> lookForExits());
        }
    }

    /** What the kernel keeps of each container. */
    public ControlGroups groups() {
        return groups;
    }

    /** Whether a container past its quota is slowed down by swapping, on this host. */
    public boolean canSwap() {
        return ground.canSwap();
    }

    /** Where a container's owner may keep its own facts; gone with the container. */
    public Path bundle(String id) {
        return ground.run().resolve("c").resolve(id);
    }

    /** Kills what is left of it and takes away process, mounts, disk, cgroup, network and files. Idempotent. */
    public Future<Void> remove(String id) {
        checkId(id);
        return vertx.executeBlocking(() -> Bundles.slot(bundle(id)), false)
                .compose(slot -> script.run("remove", id).onSuccess(removed -> forget(id, slot)));
    }

    /** Ends and removes everything of the instance on this host. */
    public Future<Void> cleanHost() {
        stop();
        return ids().compose(ids -> Future.join(
                                ids.stream().map(id -> signal(id, "TERM")).toList())
                        .transform(asked -> Future.succeededFuture(ids)))
                .compose(this::awaitExits)
                .compose(ids -> Future.join(ids.stream().map(this::remove).toList()))
                .compose(removed -> script.run("clean"));
    }

    /** Packs a directory as a squashfs image owned by {@code hostUid}; the image is written whole or not at all. */
    public Future<Void> pack(Path directory, Path image, int hostUid) {
        Path fresh = image.resolveSibling(image.getFileName() + ".new");
        String uid = Integer.toString(hostUid);
        // The level is named: zstd's default of 15 takes twenty times as long for a fifth less.
        List<String> command = List.of(
                "mksquashfs",
                directory.toString(),
                fresh.toString(),
                "-comp",
                "zstd",
                "-Xcompression-level",
                "3",
                "-force-uid",
                uid,
                "-force-gid",
                uid,
                "-noappend",
                "-no-progress",
                "-no-xattrs",
                "-quiet");
        return processes
                .run(Duration.ofMinutes(5), command)
                .map(result -> result.orFail("packing"))
                .compose(packed -> vertx.executeBlocking(
                        () -> {
                            Files.move(fresh, image, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
                            return null;
                        },
                        false));
    }

    /** Ends this object's own timer; containers run on. */
    public void stop() {
        vertx.cancelTimer(exitTimer);
        sites.stop();
        listeners.clear();
    }

    private Future<List<String>> awaitExits(List<String> ids) {
        return processes
                .run(Duration.ofSeconds(20), List.of("bash", "-c", awaitScript(ids)))
                .transform(waited -> Future.succeededFuture(ids));
    }

    private String awaitScript(List<String> ids) {
        StringBuilder script = new StringBuilder("for i in $(seq 100); do ok=1;");
        ids.forEach(id -> script.append(" [ -e ")
                .append(ground.run().resolve("exits").resolve(id))
                .append(" ] || ok=0;"));
        return script.append(" [ $ok = 0 ] || exit 0; sleep 0.1; done").toString();
    }

    private void lookForExits() {
        vertx.executeBlocking(this::newExits, true)
                .onSuccess(exits ->
                        exits.forEach(exit -> listeners.forEach(listener -> listener.accept(exit.id(), exit.status()))))
                .onFailure(cause ->
                        log.atWarn().addKeyValue("reason", cause.getMessage()).log("exits-unreadable"));
    }

    private record Exit(String id, int status) {}

    private List<Exit> newExits() throws IOException {
        List<Exit> found = new ArrayList<>();
        for (Path file : Bundles.list(ground.run().resolve("exits"))) {
            String id = file.getFileName().toString();
            OptionalInt status = ID.matcher(id).matches() ? Bundles.exit(file) : OptionalInt.empty();
            if (status.isPresent() && isNew(id)) {
                found.add(new Exit(id, status.getAsInt()));
            }
        }
        return found;
    }

    private synchronized boolean isNew(String id) {
        return ended.add(id);
    }

    private void forget(String id, int slot) {
        images.release(id);
        stacks.deleteReplaced();
        synchronized (this) {
            ended.remove(id);
        }
        if (slot >= 0) {
            slots.free(slot);
        }
    }

    private void find() throws IOException {
        for (Path bundle : bundles()) {
            int slot = Bundles.slot(bundle);
            if (slot >= 0) {
                slots.mark(slot);
            }
        }
        sites.find();
        images.find(ground.run());
    }

    /** On the disk, for the memory of a host's run directory is not a dyno's to fill. */
    private Path logsOf(String id) {
        return ground.data().resolve("logs").resolve(id);
    }

    private Container container(Path bundle) throws IOException {
        return new Container(
                bundle.getFileName().toString(),
                Integer.parseInt(Files.readString(bundle.resolve("pidfile")).strip()),
                Bundles.slot(bundle) < 0 ? "" : slots.address(Bundles.slot(bundle)),
                logsOf(bundle.getFileName().toString()).resolve("log"));
    }

    private List<Path> bundles() throws IOException {
        return Bundles.list(ground.run().resolve("c"));
    }

    private static void checkId(String id) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("container id: " + id + " (expected: " + ID + ")");
        }
    }
}
