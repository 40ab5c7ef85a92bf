package dev.celadon.runtime;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which processes of the platform live, what each serves and where its internal HTTP answers: rows with a heartbeat in
 * {@code runtime.members}. The list in memory is at most one beat old.
 */
public final class Members {
    private static final Logger log = LoggerFactory.getLogger(Members.class);

    private final Vertx vertx;
    private final Database database;
    private final Duration beat;
    private volatile List<Member> alive = List.of();
    private long timer = -1;

    /** @param url {@code http://host:port} of its internal HTTP */
    public record Member(String id, String url, List<String> services) {}

    public Members(Vertx vertx, Database database, Duration beat) {
        this.vertx = vertx;
        this.database = database;
        this.beat = beat;
    }

    /** Enters this process and keeps it entered. */
    public Future<Void> join(Member self) {
        timer = vertx.setPeriodic(
                beat.toMillis(),
                tick -> refresh(self)
                        .onFailure(cause -> log.atWarn()
                                .addKeyValue("reason", cause.getMessage())
                                .log("members-unreachable")));
        return refresh(self);
    }

    public Future<Void> leave(String id) {
        vertx.cancelTimer(timer);
        return database.execute("delete from runtime.members where id = $1", Tuple.of(id))
                .mapEmpty();
    }

    public List<Member> serving(String service) {
        return alive.stream()
                .filter(member -> member.services().contains(service))
                .toList();
    }

    public Optional<Member> any(String service) {
        return serving(service).stream().findFirst();
    }

    public Optional<Member> byId(String id) {
        return alive.stream().filter(member -> member.id().equals(id)).findFirst();
    }

    /** The member that owns {@code key} among those serving: rendezvous hashing, so a leaver moves only its own keys. */
    public Optional<Member> owner(String service, UUID key) {
        return serving(service).stream().max(Comparator.comparingLong(member -> weight(member.id(), key)));
    }

    private Future<Void> refresh(Member self) {
        String enter = """
                insert into runtime.members (id, url, services, seen_at) values ($1, $2, $3, now())
                on conflict (id) do update set url = excluded.url, services = excluded.services, seen_at = now()
                """;
        String living = "select id, url, services from runtime.members where seen_at > now() - $1 * interval '1 ms'";
        return database.execute(
                        enter, Tuple.of(self.id(), self.url(), self.services().toArray(String[]::new)))
                .compose(entered -> database.list(
                        living,
                        Tuple.of(beat.toMillis() * 4),
                        row -> new Member(
                                row.getString("id"),
                                row.getString("url"),
                                Arrays.asList(row.getArrayOfStrings("services")))))
                .onSuccess(found -> alive = found)
                .mapEmpty();
    }

    private static long weight(String id, UUID key) {
        // SplitMix64's finaliser: spreads the few bits in which two member ids differ.
        long mixed =
                key.getMostSignificantBits() ^ key.getLeastSignificantBits() ^ (id.hashCode() * 0x9E3779B97F4A7C15L);
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
