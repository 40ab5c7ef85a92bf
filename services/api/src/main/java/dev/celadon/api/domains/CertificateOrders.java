package dev.celadon.api.domains;

import dev.celadon.api.apps.App;
import dev.celadon.runtime.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** Which domains want a certificate of the platform, and when: rows claimed with a lease, on the database's clock. */
final class CertificateOrders {
    private final Database database;

    CertificateOrders(Database database) {
        this.database = database;
    }

    /** An order whose time has come. */
    record Due(UUID domainId, UUID appId, String hostname, int attempts) {}

    /** After the app's domains or its automation changed: an order for exactly those without a certificate of their own. */
    Future<Void> follow(App app) {
        String wanted = """
                insert into api.certificate_orders (domain_id)
                select d.id from api.domains d join api.apps a on a.id = d.app_id
                left join api.sni_endpoints s on s.id = d.sni_endpoint_id
                where a.id = $1 and a.acm and (s.id is null or s.is_acm) on conflict do nothing
                """;
        String unwanted = """
                delete from api.certificate_orders o using api.domains d
                join api.apps a on a.id = d.app_id left join api.sni_endpoints s on s.id = d.sni_endpoint_id
                where d.id = o.domain_id and a.id = $1 and (not a.acm or s.is_acm = false)
                """;
        String forsaken = """
                delete from api.sni_endpoints s where s.app_id = $1 and s.is_acm
                and not exists (select 1 from api.domains d join api.certificate_orders o on o.domain_id = d.id
                                where d.sni_endpoint_id = s.id)
                """;
        return database.transaction(client -> Database.execute(client, wanted, Tuple.of(app.id()))
                .compose(done -> Database.execute(client, unwanted, Tuple.of(app.id())))
                .compose(done -> Database.execute(client, forsaken, Tuple.of(app.id())))
                .mapEmpty());
    }

    /** Each of the app's is due now: for whoever does not want to wait for the next try. */
    Future<Integer> hasten(App app) {
        return database.execute("""
                update api.certificate_orders o set due_at = now(), attempts = 0 from api.domains d
                where d.id = o.domain_id and d.app_id = $1
                """, Tuple.of(app.id()));
    }

    Future<Optional<Due>> claim(Duration lease) {
        return database.first(
                """
                update api.certificate_orders o
                set claimed_until = now() + $1 * interval '1 ms', attempts = o.attempts + 1
                from api.domains d where d.id = o.domain_id and o.domain_id = (
                  select domain_id from api.certificate_orders
                  where due_at <= now() and (claimed_until is null or claimed_until < now())
                  order by due_at limit 1 for update skip locked)
                returning d.id, d.app_id, d.hostname, o.attempts
                """,
                Tuple.of(lease.toMillis()),
                row -> new Due(
                        row.getUUID("id"),
                        row.getUUID("app_id"),
                        row.getString("hostname"),
                        row.getInteger("attempts")));
    }

    /** The next one is due when two thirds of the certificate's life are over. */
    Future<Integer> served(Due order, Certificate certificate) {
        return database.execute(
                """
                update api.certificate_orders
                set due_at = $2::text::timestamptz + ($3::text::timestamptz - $2::text::timestamptz) * 2 / 3,
                    claimed_until = null, attempts = 0, failure = null where domain_id = $1
                """, Tuple.of(order.domainId(), certificate.detail("starts_at"), certificate.detail("expires_at")));
    }

    Future<Integer> failed(Due order, String reason, Duration wait) {
        return database.execute("""
                update api.certificate_orders
                set due_at = now() + $3 * interval '1 ms', claimed_until = null, failure = $2 where domain_id = $1
                """, Tuple.of(order.domainId(), reason, wait.toMillis()));
    }
}
