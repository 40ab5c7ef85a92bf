package dev.celadon.router.proxy;

import dev.celadon.contract.RouterError;
import dev.celadon.router.domain.AccessLine;
import dev.celadon.router.domain.RequestHead;
import dev.celadon.router.domain.RequestRewrite;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is to be remembered of a request once its head is gone: for the answer, and for the log line. */
record Request(
        String method,
        String path,
        String host,
        String id,
        String forwardedFor,
        Edge edge,
        boolean isHttp11,
        boolean isKeepAlive,
        boolean isUpgrade,
        RequestHead.Expectation expectation) {
    /** Asking twice is asking once (RFC 9110 section 9.2.2). */
    private static final Set<String> REPEATABLE = Set.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE");

    static Request of(RequestHead head, String host, Edge edge, String address, Loop loop) {
        String given = head.requestId();
        return new Request(
                head.method(),
                head.path(),
                host,
                given == null ? loop.ids.next() : given,
                head.forwardedFor(address),
                edge,
                head.isHttp11(),
                head.isKeepAlive(),
                head.isUpgrade(),
                head.expectation());
    }

    boolean isHead() {
        return method.equals("HEAD");
    }

    boolean isRepeatable() {
        return method.equals("GET") || REPEATABLE.contains(method);
    }

    /** What its dyno is told beside what the client said. */
    RequestRewrite.Additions additions(long startMillis, boolean passesExpect) {
        return new RequestRewrite.Additions(
                id, forwardedFor, edge.isSecure(), edge == Edge.HTTP2, startMillis, passesExpect);
    }

    /** As told to the app's log. */
    AccessLine line(
            @Nullable RouterError error,
            String detail,
            String dyno,
            long connectMillis,
            long serviceMillis,
            int status,
            long bytes) {
        return new AccessLine(
                error,
                detail,
                method,
                path,
                host,
                id,
                forwardedFor,
                dyno,
                connectMillis,
                serviceMillis,
                status,
                bytes,
                edge.protocol());
    }
}
