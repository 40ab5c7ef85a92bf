package dev.celadon.router.proxy;

import dev.celadon.contract.Route;
import dev.celadon.contract.RouterError;
import dev.celadon.router.domain.App;
import dev.celadon.router.domain.Dyno;
import dev.celadon.router.domain.Malformed;
import dev.celadon.router.domain.RequestHead;
import dev.celadon.router.domain.RequestRewrite;
import dev.celadon.router.domain.ResponseHead;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to a dyno and back. Whatever happens on either side, it ends once, with one log line: regularly
 * in {@link #responseComplete}, or in {@link #fail} with the code of what went wrong.
 */
final class Exchange {
    private enum Stage {
        SEARCHING,
        /** The request's body is on its way. */
        SENDING,
        /** The dyno has all of the request, and has not said a word. */
        AWAITING,
        RESPONDING,
        TUNNEL,
        DONE
    }

    final Loop loop;
    final ClientConnection client;
    final Request request;
    private final App app;
    private final DynoSearch search;
    private final Answer answer;
    private final Body requestBody;
    private final long startNanos;
    private Stage stage = Stage.SEARCHING;
    private final OutgoingHead head = new OutgoingHead();
    private @Nullable Tunnel tunnel;
    private @Nullable DynoConnection connection;
    private boolean hasDyno;
    private long reachedNanos;
    private long lastActiveNanos;
    private long awaitedUntilNanos;
    private long presumedGoneNanos = Long.MAX_VALUE;

    Exchange(Loop loop, ClientConnection client, App app, Request request, Body requestBody) {
        this.loop = loop;
        this.client = client;
        this.app = app;
        this.request = request;
        this.requestBody = requestBody;
        this.startNanos = System.nanoTime();
        this.search = new DynoSearch(loop, this, app, startNanos);
        this.answer = new Answer(this);
    }

    /** @param read still the loop's, so the request is written from it at once */
    void start(RequestHead read, boolean isMisdirected) {
        app.traffic().enter();
        if (loop.isCrowded()) {
            fail(RouterError.H22, "");
        } else if (isMisdirected) {
            fail(RouterError.H31, "");
        } else if (request.expectation() == RequestHead.Expectation.UNKNOWN) {
            fail(RouterError.H26, "unsupported expect header value");
        } else {
            var additions = request.additions(loop.wallMillis(startNanos), isContinueEndToEnd());
            RequestRewrite.write(read, additions, loop.out);
            search.look();
            if (stage == Stage.SEARCHING) {
                head.keep(loop.out);
            }
        }
    }

    /** The table changed, or a dyno has room again. */
    void lookAgain() {
        if (stage == Stage.SEARCHING) {
            search.look();
        }
    }

    /** Nothing of its body was sent, so it can go to the same dyno again. */
    boolean isRepeatable() {
        return request.isRepeatable() && requestBody == Body.none();
    }

    void reached(DynoConnection reached, long nowNanos) {
        connection = reached;
        hasDyno = true;
        reached.work(this);
        reachedNanos = nowNanos;
        lastActiveNanos = nowNanos;
        stage = Stage.SENDING;
        long routeMillis = TimeUnit.NANOSECONDS.toMillis(nowNanos - startNanos);
        head.send(reached, loop.out, search.connectMillis(), routeMillis, isRepeatable());
        boolean continues = request.expectation() == RequestHead.Expectation.CONTINUE && !isContinueEndToEnd();
        if (continues && !requestBody.isComplete()) {
            client.write(Pages.CONTINUE.duplicate());
        }
        if (requestBody.isComplete()) {
            requestSent();
        } else {
            client.setDeadline(nowNanos + idleNanos());
            client.takeHeld();
        }
    }

    boolean isContinueEndToEnd() {
        return options().isContinueEndToEnd();
    }

    Route.Options options() {
        return app.route().options();
    }

    private long idleNanos() {
        return loop.policy.idleNanos(options());
    }

    /** Whether body bytes of the request can go on to the dyno. */
    boolean takesBody() {
        return (stage == Stage.SENDING || stage == Stage.RESPONDING) && !requestBody.isComplete();
    }

    @Nullable
    ByteBuf readBody(ByteBuf in) {
        DynoConnection to = connection;
        if (to == null) {
            in.release();
            return null;
        }
        lastActiveNanos = loop.nowNanos();
        ByteBuf rest = requestBody.read(in, to::write);
        to.relieve();
        if (requestBody.isComplete()) {
            requestSent();
        } else if (client.isInputClosed()) {
            fail(RouterError.H27, "");
        }
        return rest;
    }

    private void requestSent() {
        if (stage == Stage.SENDING) {
            stage = Stage.AWAITING;
            long now = requestBody == Body.none() ? reachedNanos : System.nanoTime();
            awaitedUntilNanos = now + loop.policy.firstByteNanos(options());
            client.setDeadline(awaitedUntilNanos);
        } else if (connection != null) {
            connection.requestSent(this);
        }
    }

    boolean isRequestSent() {
        return requestBody.isComplete();
    }

    boolean isDynoBehind() {
        DynoConnection to = connection;
        return to != null && (takesBody() || stage == Stage.TUNNEL) && !to.isWritable();
    }

    void dynoWritable() {
        lastActiveNanos = loop.nowNanos();
        client.updateReading();
    }

    Answer answer() {
        return answer;
    }

    /** @return the body that follows; null after an interim response, which another one follows */
    @Nullable
    Body responded(ResponseHead response, int readable) {
        lastActiveNanos = loop.nowNanos();
        presumedGoneNanos = Long.MAX_VALUE;
        head.forget();
        DynoConnection from = connection;
        if (response.status() == 101 && request.isUpgrade() && from != null) {
            answer.interim(response);
            stage = Stage.TUNNEL;
            tunnel = new Tunnel(client, from);
            client.setDeadline(lastActiveNanos + idleNanos());
            client.takeHeld();
            return null;
        }
        if (response.isInterim()) {
            answer.interim(response);
            return null;
        }
        stage = Stage.RESPONDING;
        client.setDeadline(lastActiveNanos + idleNanos());
        return answer.begin(response, readable);
    }

    /** Some of the response has passed. */
    void responseMoved() {
        lastActiveNanos = loop.nowNanos();
        DynoConnection from = connection;
        if (from != null && stage != Stage.DONE) {
            answer.moved(from);
        }
    }

    void responseComplete() {
        if (stage == Stage.DONE) {
            return;
        }
        connection = null;
        answer.end();
        end(null, "", answer.status(), answer.bytes());
        boolean isWhole = requestBody.isComplete();
        client.exchangeDone(answer.keepsClient() && isWhole, isWhole && !request.isKeepAlive());
    }

    void responseMalformed(Malformed malformed) {
        boolean isFormat = malformed.kind() == Malformed.Kind.FORMAT;
        fail(isFormat ? RouterError.H17 : RouterError.H25, malformed.kind().description());
    }

    void dynoGone() {
        DynoConnection gone = connection;
        if (stage == Stage.TUNNEL) {
            endTunnel();
        } else if (gone != null && gone.isReused() && !gone.hasSpoken() && isRepeatable() && head.canBeSentAgain()) {
            connection = null;
            stage = Stage.SEARCHING;
            search.connectAnew();
        } else if (gone != null) {
            fail(gone.hasSpoken() ? RouterError.H18 : RouterError.H13, "");
        }
    }

    void clientGone() {
        if (stage == Stage.TUNNEL) {
            endTunnel();
        } else {
            fail(RouterError.H27, "");
        }
    }

    /** The client closed its side. One that said it would not ask again may still wait for the answer. */
    void clientEnded() {
        Tunnel open = tunnel;
        if (open != null) {
            if (open.endUp()) {
                endTunnel();
            }
        } else if (!requestBody.isComplete() && !client.isHolding()) {
            fail(RouterError.H27, "");
        } else if (request.isKeepAlive() && stage != Stage.RESPONDING) {
            presumedGoneNanos = loop.nowNanos() + loop.policy.halfClose().toNanos();
            client.setDeadline(presumedGoneNanos);
        }
    }

    void clientWritable(boolean isWritable) {
        DynoConnection from = connection;
        if (from != null && isWritable) {
            lastActiveNanos = loop.nowNanos();
            from.pause(false);
        }
    }

    boolean isTunnel() {
        return stage == Stage.TUNNEL;
    }

    void tunnelUp(ByteBuf in) {
        lastActiveNanos = loop.nowNanos();
        Tunnel open = tunnel;
        DynoConnection to = connection;
        if (open == null || to == null) {
            in.release();
        } else {
            open.up(in);
            to.relieve();
        }
    }

    void tunnelDown(ByteBuf in) {
        answer.take(in);
        responseMoved();
    }

    void tunnelDownEnded() {
        Tunnel open = tunnel;
        if (open != null && open.endDown()) {
            endTunnel();
        }
    }

    private void endTunnel() {
        tunnel = null;
        loop.flush();
        dropDyno();
        end(null, "", answer.status(), answer.bytes());
        client.exchangeDone(false, false);
    }

    void timeUp(long nowNanos) {
        if (nowNanos >= presumedGoneNanos) {
            fail(RouterError.H27, "");
            return;
        }
        switch (stage) {
            case SEARCHING -> search.timeUp(nowNanos);
            case AWAITING -> {
                if (nowNanos >= awaitedUntilNanos) {
                    fail(RouterError.H12, "");
                } else {
                    client.setDeadline(Math.min(awaitedUntilNanos, presumedGoneNanos));
                }
            }
            case SENDING, RESPONDING, TUNNEL -> idleUp(nowNanos);
            case DONE -> {}
        }
    }

    private void idleUp(long nowNanos) {
        if (client.hasTakenSome()) {
            lastActiveNanos = nowNanos;
        }
        long until = lastActiveNanos + idleNanos();
        if (nowNanos < until) {
            client.setDeadline(until);
            return;
        }
        DynoConnection from = connection;
        boolean isClientSlow = from != null && from.isPaused();
        boolean isClientSilent = stage == Stage.SENDING && !isDynoBehind();
        fail(isClientSlow || isClientSilent ? RouterError.H28 : RouterError.H15, "");
    }

    private void dropDyno() {
        DynoConnection from = connection;
        connection = null;
        if (from != null) {
            from.drop();
        }
    }

    /** It did not take the connection. */
    void forgetDyno() {
        hasDyno = false;
    }

    void fail(RouterError error, String detail) {
        if (stage == Stage.DONE) {
            return;
        }
        boolean wasReached = connection != null;
        dropDyno();
        search.stop();
        int status = error == RouterError.H24 ? 0 : detail.startsWith("unsupported expect") ? 417 : error.status();
        boolean isTold = !answer.hasBegun() && status > 0 && status != 499;
        boolean isKept = false;
        if (isTold) {
            isKept = answer.keeps(request.isKeepAlive()) && requestBody.isComplete() && status != 400 && status != 417;
            client.write(Pages.error(error, status, options(), request, isKept));
        }
        end(error, detail, status, wasReached ? answer.bytes() : -1);
        if (isTold) {
            client.exchangeDone(isKept, false);
        } else {
            client.abort();
        }
    }

    private void end(@Nullable RouterError error, String detail, int status, long bytes) {
        boolean wasReached = reachedNanos != 0;
        stage = Stage.DONE;
        head.forget();
        answer.discard();
        app.traffic().leave();
        Dyno dyno = search.dyno();
        if (hasDyno && dyno != null) {
            dyno.checkIn();
        }
        loop.waiting.wakeOne(app.route().appId());
        loop.accessLog.write(
                app,
                hasDyno ? dyno : null,
                request.line(
                        error,
                        detail,
                        dyno == null ? "" : dyno.backend().name(),
                        search.connectMillis(),
                        wasReached ? TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - reachedNanos) : -1,
                        status,
                        bytes));
    }
}
