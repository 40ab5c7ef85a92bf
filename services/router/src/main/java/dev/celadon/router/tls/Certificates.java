package dev.celadon.router.tls;

import dev.celadon.router.domain.Table;
import dev.celadon.runtime.LocalCa;
import io.netty.handler.ssl.SslContext;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which certificate a client is shown, by the name it asks for: the app's own; else one of the platform's CA, a leaf for
 * each host the table knows (a wildcard right below a top-level name is accepted by nobody); else the platform's default.
 */
public final class Certificates {
    /** Leaves are made anew when they are asked for again, so forgetting them all costs little. */
    private static final int MOST_LEAVES = 10_000;

    private final Vertx vertx;
    private final LocalCa ca;
    private final Table table;
    private final SslContext fallback;
    private final Map<String, Future<SslContext>> leaves = new ConcurrentHashMap<>();
    private volatile Map<String, Served> byHost = Map.of();

    /** A certificate of an app with its key, both PEM, and the domains that it is for. */
    public record Served(String id, int version, List<String> hosts, String chain, String key) {
        public Served {
            hosts = List.copyOf(hosts);
        }
    }

    /** Blocks: makes the default certificate. */
    public Certificates(Vertx vertx, LocalCa ca, Table table, String domain) {
        this.vertx = vertx;
        this.ca = ca;
        this.table = table;
        this.fallback = context(ca.issue(List.of(domain, "*." + domain, "localhost", "127.0.0.1")));
    }

    /** Replaces the apps' certificates; connections that are open keep what they were shown. */
    public void replace(List<Served> certificates) {
        Map<String, Served> fresh = new HashMap<>();
        certificates.forEach(served ->
                served.hosts().forEach(host -> fresh.put(host.toLowerCase(Locale.ROOT), served)));
        Map<String, Served> before = byHost;
        byHost = Map.copyOf(fresh);
        // What is gone or has a new version is read again when it is asked for.
        before.forEach((host, served) -> {
            if (!served.equals(fresh.get(host))) {
                leaves.remove(key(served));
            }
        });
    }

    Future<SslContext> of(@Nullable String name) {
        if (name == null) {
            return Future.succeededFuture(fallback);
        }
        String host = name.toLowerCase(Locale.ROOT);
        Served served = find(host);
        if (served != null) {
            return made(key(served), () -> TlsContexts.of(served.chain(), served.key()));
        }
        return table.find(host) == null
                ? Future.succeededFuture(fallback)
                : made(host, () -> context(ca.issue(List.of(host))));
    }

    private @Nullable Served find(String host) {
        Served exact = byHost.get(host);
        int dot = host.indexOf('.');
        return exact != null || dot < 0 ? exact : byHost.get("*" + host.substring(dot));
    }

    /** Signing and reading keys takes milliseconds, so a worker does it, once. */
    private Future<SslContext> made(String key, java.util.concurrent.Callable<SslContext> maker) {
        if (leaves.size() > MOST_LEAVES) {
            leaves.clear();
        }
        Future<SslContext> making = leaves.computeIfAbsent(
                key, missing -> vertx.<SslContext>executeBlocking(maker, false).otherwise(fallback));
        return making;
    }

    private static String key(Served served) {
        return served.id() + '/' + served.version();
    }

    private static SslContext context(LocalCa.Leaf leaf) {
        return TlsContexts.of(leaf.certificatePem(), leaf.keyPem());
    }
}
