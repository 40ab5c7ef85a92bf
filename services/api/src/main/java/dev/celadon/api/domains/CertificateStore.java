package dev.celadon.api.domains;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.apps.App;
import dev.celadon.api.domain.AppNames;
import dev.celadon.api.domain.Hostname;
import dev.celadon.api.http.Representation;
import dev.celadon.contract.CertificatesChanged;
import dev.celadon.contract.Topic;
import dev.celadon.runtime.Bus;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.Json;
import dev.celadon.runtime.SecretKeys;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Certificates and what they are bound to; keys are encrypted. */
public final class CertificateStore {
    private static final String PURPOSE = "certificate-key";
    private static final String SELECT = """
            select s.id, s.name, s.certificate_chain, s.certificate::text as certificate, s.is_acm, s.created_at, s.updated_at,
                   coalesce((select array_agg(d.id order by d.hostname) from api.domains d where d.sni_endpoint_id = s.id),
                            '{}') as domains
            from api.sni_endpoints s where s.app_id = $1
            """;

    private final Database database;
    private final SecretKeys keys;
    private final Bus bus;
    private final SecureRandom random = new SecureRandom();

    public CertificateStore(Database database, SecretKeys keys, Bus bus) {
        this.database = database;
        this.keys = keys;
        this.bus = bus;
    }

    Future<List<ObjectNode>> of(App app) {
        return database.list(SELECT + " order by s.created_at", Tuple.of(app.id()), row -> json(row, app));
    }

    Future<ObjectNode> find(App app, String nameOrId) {
        return database.first(
                        SELECT + " and (s.name = $2 or s.id::text = $2)",
                        Tuple.of(app.id(), nameOrId),
                        row -> json(row, app))
                .map(found -> found.orElseThrow(SniEndpoints::absent));
    }

    Future<UUID> insert(App app, Certificate certificate) {
        return database.transaction(client -> insert(client, app.id(), certificate, false)
                        .compose(id ->
                                bind(client, app.id(), id, certificate.names()).map(id)))
                .onSuccess(done -> changed());
    }

    Future<Integer> replace(UUID id, Certificate certificate) {
        return database.execute("""
                        update api.sni_endpoints set certificate_chain = $2, key_ciphertext = $3, certificate = $4,
                          version = version + 1, is_acm = false, updated_at = now() where id = $1
                        """, Tuple.of(id, certificate.chainPem(), seal(certificate), details(certificate)))
                .onSuccess(done -> changed());
    }

    Future<Integer> delete(UUID id) {
        return database.execute("delete from api.sni_endpoints where id = $1", Tuple.of(id))
                .onSuccess(done -> changed());
    }

    /** The domain's automatic certificate in place of its last one; nothing, when none is wanted any more. */
    Future<Void> renew(UUID app, UUID domain, Certificate certificate) {
        certificate.details().put("acm", true);
        String wanted = "select domain_id from api.certificate_orders where domain_id = $1 for update";
        String last = """
                delete from api.sni_endpoints s using api.domains d
                where d.id = $1 and s.id = d.sni_endpoint_id and s.is_acm
                """;
        String bind = """
                update api.domains set sni_endpoint_id = $2, updated_at = now() where id = $1 and sni_endpoint_id is null
                """;
        return database.transaction(client -> Database.first(client, wanted, Tuple.of(domain), row -> domain)
                        .compose(order -> order.isEmpty()
                                ? Future.<Void>succeededFuture()
                                : Database.execute(client, last, Tuple.of(domain))
                                        .compose(done -> insert(client, app, certificate, true))
                                        .compose(id -> Database.execute(client, bind, Tuple.of(domain, id)))
                                        .<Void>mapEmpty()))
                .onSuccess(done -> changed());
    }

    /** What routers ask: every certificate that some domain is bound to, with its key. */
    public Future<ArrayNode> served() {
        String sql = """
                select s.id, s.version, s.certificate_chain, s.key_ciphertext, array_agg(d.hostname order by d.hostname) as hosts
                from api.sni_endpoints s join api.domains d on d.sni_endpoint_id = s.id group by s.id order by s.id
                """;
        return database.list(sql, Tuple.tuple(), row -> {
                    ObjectNode json =
                            Representation.identified(row.getUUID("id")).put("version", row.getInteger("version"));
                    for (String host : row.getArrayOfStrings("hosts")) {
                        json.withArray("hosts").add(host);
                    }
                    byte[] key = keys.decrypt(
                            PURPOSE, row.getBuffer("key_ciphertext").getBytes());
                    return json.put("chain", row.getString("certificate_chain"))
                            .put("key", new String(key, StandardCharsets.UTF_8));
                })
                .map(found -> Json.mapper().createArrayNode().addAll(found));
    }

    void changed() {
        bus.publish(Topic.CERTIFICATES_CHANGED, new CertificatesChanged());
    }

    private Future<UUID> insert(SqlClient client, UUID app, Certificate certificate, boolean isAcm) {
        return Database.first(
                        client,
                        """
                        insert into api.sni_endpoints (app_id, name, certificate_chain, key_ciphertext, certificate, is_acm)
                        values ($1, $2, $3, $4, $5, $6) returning id
                        """,
                        Tuple.of(app, AppNames.random(random), certificate.chainPem(), seal(certificate))
                                .addJsonObject(details(certificate))
                                .addBoolean(isAcm),
                        row -> row.getUUID("id"))
                .map(id -> id.orElseThrow());
    }

    private static Future<Integer> bind(SqlClient client, UUID app, UUID endpoint, List<String> names) {
        String free = "select id, hostname from api.domains where app_id = $1 and sni_endpoint_id is null";
        return Database.list(client, free, Tuple.of(app), row -> row)
                .map(rows -> rows.stream()
                        .filter(row ->
                                names.stream().anyMatch(name -> Hostname.isCoveredBy(row.getString("hostname"), name)))
                        .map(row -> row.getUUID("id"))
                        .toArray(UUID[]::new))
                .compose(covered -> Database.execute(
                        client,
                        "update api.domains set sni_endpoint_id = $2, updated_at = now() where id = any($1)",
                        Tuple.of(covered, endpoint)));
    }

    private static JsonObject details(Certificate certificate) {
        return new JsonObject(certificate.details().toString());
    }

    private Buffer seal(Certificate certificate) {
        return Buffer.buffer(keys.encrypt(PURPOSE, certificate.keyPem().getBytes(StandardCharsets.UTF_8)));
    }

    private static ObjectNode json(Row row, App app) {
        ObjectNode json = Representation.named(row.getUUID("id"), row.getString("name"));
        json.putNull("display_name").set("app", SniEndpoints.reference(app));
        json.put("certificate_chain", row.getString("certificate_chain"));
        ArrayNode domains = json.putArray("domains");
        for (UUID domain : row.getArrayOfUUIDs("domains")) {
            domains.add(domain.toString());
        }
        json.set(
                "ssl_cert",
                Json.mapper().valueToTree(Json.read(Buffer.buffer(row.getString("certificate")), Map.class)));
        json.put("created_at", Representation.time(row.getOffsetDateTime("created_at")));
        return json.put("updated_at", Representation.time(row.getOffsetDateTime("updated_at")));
    }
}
