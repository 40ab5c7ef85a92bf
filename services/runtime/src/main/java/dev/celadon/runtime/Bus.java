package dev.celadon.runtime;

import dev.celadon.contract.Command;
import dev.celadon.contract.Topic;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clustered event bus, the only door to it. Events are hints and may be lost; commands are answered or fail.
 * Bodies are JSON in a {@code Buffer}, under 16 KiB.
 */
public final class Bus {
    private static final Logger log = LoggerFactory.getLogger(Bus.class);
    private static final int MAX_MESSAGE_BYTES = 16 * 1024;
    private static final int REFUSED = 1;

    private final Vertx vertx;
    private final boolean isPublishing;
    private final Duration commandTimeout;

    public Bus(Vertx vertx, boolean isPublishing, Duration commandTimeout) {
        this.vertx = vertx;
        this.isPublishing = isPublishing;
        this.commandTimeout = commandTimeout;
    }

    /** Tells everyone; nobody may depend on it. With publishing switched off the platform is slower and still right. */
    public <T> void publish(Topic<T> topic, T event) {
        if (isPublishing) {
            vertx.eventBus().publish(topic.wireAddress(), encode(event));
        }
    }

    /** Completes once the whole cluster knows of the subscription; handlers run on the caller's context. */
    public <T> Future<Void> subscribe(Topic<T> topic, Consumer<T> handler) {
        return vertx.eventBus()
                .<Buffer>consumer(topic.wireAddress(), message -> {
                    try {
                        handler.accept(Json.read(message.body(), topic.type()));
                    } catch (RuntimeException bug) {
                        log.atError()
                                .addKeyValue("topic", topic.wireAddress())
                                .setCause(bug)
                                .log("event-handler-failed");
                    }
                })
                .completion();
    }

    /** Answers a command. {@code receiver} is a node's id for commands to one node, empty for anyone who serves it. */
    public <Q, A> Future<Void> serve(Command<Q, A> command, String receiver, Function<Q, Future<A>> answer) {
        return vertx.eventBus()
                .<Buffer>consumer(
                        address(command, receiver),
                        message -> Future.succeededFuture(message.body())
                                .map(body -> Json.read(body, command.request()))
                                .compose(answer)
                                .onSuccess(reply -> message.reply(encode(reply)))
                                .onFailure(cause -> message.fail(REFUSED, String.valueOf(cause.getMessage()))))
                .completion();
    }

    /** Asks, with a deadline, and asks once more if nobody answered. A refusal is not repeated. */
    public <Q, A> Future<A> request(Command<Q, A> command, String receiver, Q question) {
        return send(command, receiver, question)
                .recover(cause -> isRefusal(cause) ? Future.failedFuture(cause) : send(command, receiver, question));
    }

    /** Whether the receiver answered a command with no; any other failure leaves open whether it was carried out. */
    public static boolean isRefusal(Throwable cause) {
        return cause instanceof ReplyException reply && reply.failureType() == ReplyFailure.RECIPIENT_FAILURE;
    }

    private <Q, A> Future<A> send(Command<Q, A> command, String receiver, Q question) {
        DeliveryOptions options = new DeliveryOptions().setSendTimeout(commandTimeout.toMillis());
        return vertx.eventBus()
                .<Buffer>request(address(command, receiver), encode(question), options)
                .map(reply -> Json.read(reply.body(), command.reply()));
    }

    private static String address(Command<?, ?> command, String receiver) {
        return receiver.isEmpty() ? command.wireAddress() : command.wireAddress() + "." + receiver;
    }

    private static Buffer encode(Object body) {
        Buffer json = Json.write(body);
        if (json.length() > MAX_MESSAGE_BYTES) {
            throw new IllegalArgumentException(
                    body.getClass().getSimpleName() + " of " + json.length() + " bytes is too large for the bus");
        }
        return json;
    }
}
