package dev.celadon.gitreceiver;

import dev.celadon.contract.Topic;
import dev.celadon.gitreceiver.access.Admission;
import dev.celadon.gitreceiver.domain.PushText;
import dev.celadon.gitreceiver.http.GitExchanges;
import dev.celadon.gitreceiver.http.GitServer;
import dev.celadon.gitreceiver.http.SourceRoute;
import dev.celadon.gitreceiver.http.Workers;
import dev.celadon.gitreceiver.push.BuildFollower;
import dev.celadon.gitreceiver.push.Compilers;
import dev.celadon.gitreceiver.push.Hints;
import dev.celadon.gitreceiver.push.Launch;
import dev.celadon.gitreceiver.push.PushBuild;
import dev.celadon.gitreceiver.push.Pushes;
import dev.celadon.gitreceiver.push.Unattended;
import dev.celadon.gitreceiver.repository.Repositories;
import dev.celadon.gitreceiver.ssh.GitConversations;
import dev.celadon.gitreceiver.ssh.GitSshServer;
import dev.celadon.gitreceiver.ssh.SshDoor;
import dev.celadon.gitreceiver.store.Accounts;
import dev.celadon.gitreceiver.store.BuildViews;
import dev.celadon.gitreceiver.store.PushStore;
import dev.celadon.gitreceiver.store.RequestBudget;
import dev.celadon.runtime.LocalCa;
import dev.celadon.runtime.Platform;
import dev.celadon.runtime.Service;
import io.micrometer.core.instrument.Gauge;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The git-receiver: takes pushes over HTTPS and SSH, has them built, and moves the ref when the build is good. */
public final class GitReceiverService implements Service {
    private static final Logger log = LoggerFactory.getLogger(GitReceiverService.class);
    private static final Duration IDLE_MARGIN = Duration.ofMinutes(1);

    private final Platform platform;
    private final GitReceiverSettings settings;
    private final Repositories repositories;
    private final PushStore pushStore;
    private final Accounts accounts;
    private final RequestBudget budget;
    private final Workers workers;
    private final Hints hints;
    private final List<String> deployments = new ArrayList<>();
    private @Nullable Compilers compilers;
    private volatile @Nullable GitServer server;
    private volatile @Nullable GitSshServer sshServer;

    public GitReceiverService(Platform platform, GitReceiverSettings settings) {
        this.platform = platform;
        this.settings = settings;
        this.repositories = new Repositories(platform.dataDirectory());
        this.pushStore = new PushStore(platform.database(), platform.nodeId());
        this.accounts = new Accounts(platform.database());
        this.budget = new RequestBudget(platform.database(), settings.requestsPerHour());
        this.workers = new Workers(settings.pushWorkers());
        this.hints = new Hints(settings.look());
    }

    @Override
    public String name() {
        return "git-receiver";
    }

    @Override
    public Future<?> start() {
        Compilers asked = new Compilers(platform.internal(), platform.members());
        compilers = asked;
        GitKeeper keeper = new GitKeeper(
                new GitKeeper.Parts(
                        pushStore,
                        budget,
                        new Unattended(
                                platform.vertx(), pushStore, new BuildViews(platform.database()), asked, repositories),
                        accounts,
                        repositories),
                platform.clock(),
                settings.sweep());
        platform.internal().readyWhen("git-receiver", this::isListening);
        Gauge.builder("git.pushing", workers, Workers::pushing).register(platform.meters());
        return platform.vertx()
                .executeBlocking(this::prepare)
                .compose(leaf -> recover().map(leaf))
                .compose(leaf -> mountAndListen(leaf, asked))
                .compose(listening -> platform.vertx().deployVerticle(keeper).onSuccess(deployments::add))
                .compose(kept -> subscribe(keeper))
                .onSuccess(started -> log.atInfo()
                        .addKeyValue("port", port())
                        .addKeyValue("ssh_port", sshPort())
                        .log("git-receiver-started"));
    }

    @Override
    public Future<?> stop() {
        Compilers asked = compilers;
        server = null;
        List<Future<Void>> undeployed =
                deployments.stream().map(platform.vertx()::undeploy).toList();
        deployments.clear();
        return Future.join(undeployed)
                .eventually(() -> platform.vertx().executeBlocking(() -> {
                    closeSsh();
                    workers.close();
                    return true;
                }))
                .eventually(() -> asked == null ? Future.succeededFuture() : asked.close());
    }

    /** The port git really answers on; 0 before it does. */
    public int port() {
        GitServer listening = server;
        return listening == null ? 0 : listening.port();
    }

    /** The port git over SSH really answers on; 0 before it does. */
    public int sshPort() {
        GitSshServer listening = sshServer;
        return listening == null ? 0 : listening.port();
    }

    private boolean isListening() {
        GitServer https = server;
        GitSshServer ssh = sshServer;
        return https != null && https.isListening() && ssh != null && ssh.isListening();
    }

    private void closeSsh() throws IOException {
        GitSshServer listening = sshServer;
        sshServer = null;
        if (listening != null) {
            listening.stop();
        }
    }

    private LocalCa.Leaf prepare() {
        platform.database().migrate("git");
        return platform.ca().issue(List.of("localhost", "127.0.0.1", "::1", platform.domain()));
    }

    /** Nobody attends the pushes that died with the process before; their objects stay until it is known how they end. */
    private Future<Boolean> recover() {
        return pushStore
                .leaveOwn()
                .onSuccess(left -> left.forEach(
                        push -> log.atWarn().addKeyValue("push", push).log("push-unattended")))
                .compose(left -> platform.vertx().executeBlocking(() -> {
                    repositories.prepare(Set.copyOf(left));
                    return true;
                }));
    }

    private Future<?> mountAndListen(LocalCa.Leaf leaf, Compilers asked) {
        new SourceRoute(platform.vertx(), pushStore, repositories, workers)
                .mount(platform.internal().router());
        Pushes pushes = pushes(asked);
        Admission admission = new Admission(accounts, budget);
        GitExchanges exchanges = new GitExchanges(repositories, pushes);
        GitServer listening = new GitServer(options(leaf), admission, workers, exchanges);
        SshDoor door = new SshDoor(accounts, admission, workers, new GitConversations(repositories, pushes));
        return platform.vertx()
                .deployVerticle(listening)
                .onSuccess(deployments::add)
                .onSuccess(deployed -> server = listening)
                .compose(deployed -> platform.vertx().executeBlocking(() -> door.open(sshOptions(), directory())))
                .onSuccess(opened -> sshServer = opened);
    }

    private Pushes pushes(Compilers asked) {
        PushText text = new PushText(settings.platformName());
        BuildViews views = new BuildViews(platform.database());
        BuildFollower follower = new BuildFollower(views, asked, hints, platform.clock(), settings.buildLimit());
        Launch launch = new Launch(views, hints, platform.clock(), text, settings.buildLimit(), settings.liveLimit());
        PushBuild.Parts parts = new PushBuild.Parts(pushStore, follower, launch, asked, hints, platform.clock());
        PushBuild build = new PushBuild(
                parts, platform.bus(), platform.internal(), text, settings.buildLimit(), platform.meters());
        return new Pushes(repositories, build, text, settings.maxPackBytes());
    }

    private GitSshServer.Options sshOptions() {
        GitReceiverSettings.Ssh ssh = settings.ssh();
        return new GitSshServer.Options(
                settings.bind(), ssh.port(), ssh.connections(), ssh.authentication(), idleLimit());
    }

    private Path directory() {
        return platform.dataDirectory().resolve("git");
    }

    /** A build may be silent for as long as it may take. */
    private Duration idleLimit() {
        return settings.buildLimit().plus(IDLE_MARGIN);
    }

    private HttpServerOptions options(LocalCa.Leaf leaf) {
        return new HttpServerOptions()
                .setHost(settings.bind())
                .setPort(settings.port())
                .setSsl(true)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .setCertValue(Buffer.buffer(leaf.certificatePem()))
                        .setKeyValue(Buffer.buffer(leaf.keyPem())))
                .setHandle100ContinueAutomatically(true)
                .setIdleTimeout((int) idleLimit().toSeconds());
    }

    private Future<?> subscribe(GitKeeper keeper) {
        return Future.all(
                platform.bus().subscribe(Topic.APP_CHANGED, keeper::appChanged),
                platform.bus().subscribe(Topic.BUILD_OUTPUT, hint -> hints.wakeAll()),
                platform.bus().subscribe(Topic.SLUG_READY, hint -> buildEnded(keeper)),
                platform.bus().subscribe(Topic.BUILD_FAILED, hint -> buildEnded(keeper)),
                platform.bus().subscribe(Topic.RELEASE_CREATED, hint -> hints.wakeAll()));
    }

    private void buildEnded(GitKeeper keeper) {
        hints.wakeAll();
        keeper.buildEnded();
    }
}
