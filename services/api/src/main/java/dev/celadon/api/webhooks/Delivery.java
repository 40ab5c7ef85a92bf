package dev.celadon.api.webhooks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.domain.WebhookRules;
import dev.celadon.api.http.Representation;
import dev.celadon.runtime.Database;
import dev.celadon.runtime.Json;
import dev.celadon.runtime.SecretKeys;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends webhooks' deliveries that are due: claimed with a lease, signed, tried again with a growing wait. A delivery may
 * arrive twice (a receiver tells by its id), and is never lost before its attempts are used up.
 */
public final class Delivery {
    private static final Logger log = LoggerFactory.getLogger(Delivery.class);
    private static final int AT_ONCE = 20;
    /** A claim that was not settled, as its process died, is due again after this. */
    private static final int LEASE_SECONDS = 60;

    private final Database database;
    private final SecretKeys keys;
    private final WebClient client;
    private final Duration timeout;
    private final Duration firstRetry;
    private final int mostAttempts;
    private boolean isSending;

    public Delivery(
            Vertx vertx, Database database, SecretKeys keys, Duration timeout, Duration firstRetry, int mostAttempts) {
        this.database = database;
        this.keys = keys;
        this.timeout = timeout;
        this.firstRetry = firstRetry;
        this.mostAttempts = mostAttempts;
        this.client = WebClient.create(
                vertx,
                new WebClientOptions()
                        .setFollowRedirects(false)
                        .setConnectTimeout((int) timeout.toMillis())
                        .setUserAgent("Heroku-Webhooks"));
    }

    private record Due(
            UUID id,
            UUID webhookId,
            UUID eventId,
            int attempts,
            String level,
            String url,
            Buffer secret,
            @Nullable Buffer authorization,
            String include,
            String payload,
            OffsetDateTime createdAt) {}

    /** How an attempt ended: the receiver's status, or why there is none. */
    private record Outcome(@Nullable Integer code, @Nullable String errorClass) {
        boolean isGood() {
            return code != null && code / 100 == 2;
        }
    }

    /** Sends what is due now; called every moment, one round at a time. */
    public Future<Void> send() {
        if (isSending) {
            return Future.succeededFuture();
        }
        isSending = true;
        return claim().compose(due -> {
                    List<Future<?>> sent = new ArrayList<>();
                    due.forEach(one -> sent.add(attempt(one)));
                    return Future.join(sent);
                })
                .onComplete(done -> isSending = false)
                .mapEmpty();
    }

    public void close() {
        client.close();
    }

    private Future<List<Due>> claim() {
        String sql = """
                update api.webhook_deliveries d
                set next_attempt_at = now() + $2 * interval '1 second', attempts = d.attempts + 1, updated_at = now()
                from api.webhooks w, api.webhook_events e
                where w.id = d.webhook_id and e.id = d.event_id and d.id in (
                  select id from api.webhook_deliveries where next_attempt_at <= now()
                  order by next_attempt_at limit $1 for update skip locked)
                returning d.id, d.webhook_id, d.event_id, d.attempts, w.level, w.url, w.secret_ciphertext,
                          w.authorization_ciphertext, e.include, e.payload::text as payload, e.created_at
                """;
        return database.list(
                sql,
                Tuple.of(AT_ONCE, LEASE_SECONDS),
                row -> new Due(
                        row.getUUID("id"),
                        row.getUUID("webhook_id"),
                        row.getUUID("event_id"),
                        row.getInteger("attempts"),
                        row.getString("level"),
                        row.getString("url"),
                        row.getBuffer("secret_ciphertext"),
                        row.getBuffer("authorization_ciphertext"),
                        row.getString("include"),
                        row.getString("payload"),
                        row.getOffsetDateTime("created_at")));
    }

    private Future<Integer> attempt(Due due) {
        Buffer body = body(due);
        HttpRequest<Buffer> request = client.postAbs(due.url())
                .timeout(timeout.toMillis())
                .putHeader("Content-Type", "application/json")
                .putHeader("Heroku-Webhook-Hmac-SHA256", signature(open(due.secret()), body));
        if (due.authorization() != null) {
            request.putHeader("Authorization", open(due.authorization()));
        }
        return request.sendBuffer(body)
                .map(response -> new Outcome(response.statusCode(), null))
                .otherwise(cause -> new Outcome(null, cause.getClass().getSimpleName()))
                .compose(outcome -> settle(due, outcome))
                .onFailure(cause -> log.atWarn()
                        .addKeyValue("delivery", due.id())
                        .addKeyValue("reason", cause.getMessage())
                        .log("webhook-unsettled"));
    }

    private Future<Integer> settle(Due due, Outcome outcome) {
        Optional<Duration> wait = outcome.isGood()
                ? Optional.empty()
                : WebhookRules.nextAttempt(due.level(), due.attempts(), mostAttempts, firstRetry);
        String status = outcome.isGood() ? "succeeded" : wait.isPresent() ? "retrying" : "failed";
        return database.execute(
                """
                update api.webhook_deliveries
                set status = $2, code = $3, error_class = $4, attempted_at = now(), attempt_id = gen_random_uuid(),
                    next_attempt_at = now() + $5::bigint * interval '1 ms', updated_at = now()
                where id = $1
                """,
                Tuple.of(due.id(), status, outcome.code(), outcome.errorClass())
                        .addLong(wait.map(Duration::toMillis).orElse(null)));
    }

    private static Buffer body(Due due) {
        ObjectNode json = (ObjectNode) Json.mapper().valueToTree(Json.read(Buffer.buffer(due.payload()), Map.class));
        json.put("id", due.eventId().toString());
        json.put("created_at", Representation.time(due.createdAt()));
        json.put("updated_at", Representation.time(due.createdAt()));
        ObjectNode metadata = json.putObject("webhook_metadata");
        metadata.putObject("attempt").put("id", UUID.randomUUID().toString());
        metadata.putObject("delivery").put("id", due.id().toString());
        metadata.putObject("event").put("id", due.eventId().toString()).put("include", due.include());
        metadata.putObject("webhook").put("id", due.webhookId().toString());
        return Json.write(json);
    }

    private String open(Buffer sealed) {
        return new String(keys.decrypt(Webhooks.PURPOSE, sealed.getBytes()), StandardCharsets.UTF_8);
    }

    /** Base64 of the HMAC-SHA256 of the body, byte for byte as sent. */
    private static String signature(String secret, Buffer body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return Base64.getEncoder().encodeToString(mac.doFinal(body.getBytes()));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
