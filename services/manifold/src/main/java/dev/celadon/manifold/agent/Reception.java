package dev.celadon.manifold.agent;

import dev.celadon.contract.DynoError;
import dev.celadon.manifold.OneOffSettings;
import dev.celadon.manifold.oneoffs.OneOffStore;
import dev.celadon.manifold.oneoffs.OneOffStore.Place;
import dev.celadon.manifold.terminal.Relay;
import dev.celadon.manifold.terminal.RendezvousServer;
import dev.celadon.manifold.terminal.Terminal;
import dev.celadon.manifold.terminal.domain.ExitMarker;
import dev.celadon.manifold.terminal.domain.SecretLine;
import dev.celadon.runtime.Platform;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where terminals are led to their dynos. A client may come before its dyno is placed: it waits for it as long as its
 * secret is one that somebody was given.
 */
final class Reception {
    private static final Logger log = LoggerFactory.getLogger(Reception.class);
    private static final long LOOK_MILLIS = 500;

    private final Platform platform;
    private final OneOffStore store;
    private final RendezvousServer server;
    private final Relay relay;
    private final Function<String, Optional<OneOffRun>> here;
    private final Map<Terminal, SecretLine> waiting = new LinkedHashMap<>();

    /** @param here the run on this node whose secret has that hash */
    Reception(Platform platform, OneOffSettings settings, Function<String, Optional<OneOffRun>> here) {
        this.platform = platform;
        this.store = new OneOffStore(platform.database());
        this.here = here;
        this.relay = new Relay(platform.vertx());
        this.server = new RendezvousServer(platform.vertx(), platform.clock(), settings, this::came);
    }

    Future<Void> open() {
        platform.vertx().setPeriodic(LOOK_MILLIS, tick -> lookAway());
        return server.listen(platform.ca());
    }

    private void came(SecretLine secret, Terminal terminal) {
        waiting.put(terminal, secret);
        terminal.onClose(() -> waiting.remove(terminal));
        look();
        if (waiting.containsKey(terminal)) {
            lookAway(terminal, secret);
        }
    }

    /** Leads those that wait to runs on this node. */
    void look() {
        Map.copyOf(waiting)
                .forEach((terminal, secret) -> here.apply(secret.hash()).ifPresent(run -> {
                    waiting.remove(terminal);
                    run.meet(terminal);
                }));
    }

    private void lookAway() {
        Map.copyOf(waiting).forEach(this::lookAway);
    }

    /** What the store knows of a dyno that is not on this node. */
    private void lookAway(Terminal terminal, SecretLine secret) {
        String hash = secret.hash();
        store.bySecret(hash)
                .compose(place -> place.isPresent()
                        ? Future.succeededFuture(place)
                        : store.isAwaited(hash).map(isAwaited -> {
                            if (!isAwaited) {
                                terminal.close();
                            }
                            return Optional.<Place>empty();
                        }))
                .onSuccess(place -> place.filter(found -> waiting.containsKey(terminal))
                        .ifPresent(found -> {
                            if (found.hasEnded()) {
                                sendAway(terminal, found);
                            } else if (!found.nodeId().equals(platform.nodeId())) {
                                lead(terminal, secret, found);
                            }
                        }))
                .onFailure(cause ->
                        log.atWarn().addKeyValue("reason", cause.getMessage()).log("terminal-place-unknown"));
    }

    /** Its dyno is on another node; one that cannot be reached now is tried again at the next look. */
    private void lead(Terminal terminal, SecretLine secret, Place place) {
        Integer port = place.terminalPort();
        var member = platform.members().byId(place.nodeId());
        if (port == null || member.isEmpty()) {
            return;
        }
        waiting.remove(terminal);
        relay.lead(terminal, secret, URI.create(member.get().url()).getHost(), port)
                .onFailure(cause -> {
                    log.atWarn()
                            .addKeyValue("node", place.nodeId())
                            .addKeyValue("reason", cause.getMessage())
                            .log("terminal-not-led");
                    waiting.put(terminal, secret);
                    terminal.onClose(() -> waiting.remove(terminal));
                });
    }

    private void sendAway(Terminal terminal, Place place) {
        waiting.remove(terminal);
        String cause = place.cause();
        String text =
                cause == null ? "The dyno has ended" : DynoError.valueOf(cause).title();
        Buffer marker = ExitMarker.isWanted(place.command()) ? Buffer.buffer(ExitMarker.of(1)) : Buffer.buffer();
        terminal.greet()
                .compose(greeted -> terminal.write(Buffer.buffer(text + "\r\n")))
                .onComplete(told -> terminal.end(marker));
    }
}
