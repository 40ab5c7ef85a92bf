package dev.celadon.deploy;

import dev.celadon.api.ApiSettings;
import dev.celadon.compiler.CompilerSettings;
import dev.celadon.container.ContainerSettings;
import dev.celadon.gitreceiver.GitReceiverSettings;
import dev.celadon.logplex.LogplexSettings;
import dev.celadon.manifold.ManifoldSettings;
import dev.celadon.router.RouterSettings;
import dev.celadon.runtime.Cluster;
import dev.celadon.runtime.Environment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Everything an operator can set, read once and checked before anything starts. */
public record Settings(
        Path dataDirectory,
        Instance instance,
        String domain,
        Optional<String> databaseUrl,
        Optional<String> secretKey,
        int internalPort,
        boolean isPublishing,
        Duration memberBeat,
        Cluster.Settings cluster,
        ContainerSettings containers,
        LogplexSettings logplex,
        ApiSettings api,
        GitReceiverSettings git,
        CompilerSettings compiler,
        ManifoldSettings manifold,
        RouterSettings router) {

    /** What the platform hands out in {@code celadon.env}; a shell that sourced it may start a platform too. */
    private static final List<String> HANDED_OUT = List.of(
            "CELADON_API_URL",
            "CELADON_GIT_HOST",
            "CELADON_ROUTER_URL",
            "CELADON_ROUTER_TLS_URL",
            "CELADON_LOGPLEX_URL",
            "CELADON_INTERNAL_URL",
            "CELADON_CA",
            "CELADON_TOKEN",
            "CELADON_PID",
            "CELADON_JAVA_OPTIONS");

    /** @throws dev.celadon.runtime.InvalidSettings naming every variable that cannot be started with */
    public static Settings from(Environment environment) {
        Path data = environment
                .path("CELADON_DATA", ".celadon", "directory of all state")
                .toAbsolutePath()
                .normalize();
        Instance instance = Instance.of(data);
        HANDED_OUT.forEach(environment::ignore);
        RouterSettings router = RouterSettings.from(environment);
        GitReceiverSettings git = GitReceiverSettings.from(environment);
        ManifoldSettings manifold = ManifoldSettings.from(environment);
        Settings settings = new Settings(
                data,
                instance,
                environment.string("CELADON_DOMAIN", "localhost", "apps answer at APP.<domain>"),
                environment.secret(
                        "CELADON_DATABASE_URL", "postgres://… of an external PostgreSQL; embedded when absent"),
                environment.secret(
                        "CELADON_SECRET_KEY", "at least 32 characters, the same on every node; made when absent"),
                environment.port("CELADON_INTERNAL_PORT", 0, "port of internal HTTP, health and metrics; 0: any free"),
                environment.flag("CELADON_BUS_PUBLISH", true, "off: no event is sent, everybody looks by himself"),
                environment.duration("CELADON_MEMBER_BEAT", "2s", "heartbeat of this process among the members"),
                Cluster.Settings.from(environment, instance.id()),
                ContainerSettings.from(environment),
                LogplexSettings.from(environment),
                ApiSettings.from(
                        environment,
                        router.port(),
                        git.port(),
                        manifold.oneOffs().port()),
                git,
                CompilerSettings.from(environment),
                manifold,
                router);
        environment.verify();
        return settings;
    }
}
