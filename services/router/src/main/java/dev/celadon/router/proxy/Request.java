package dev.celadon.router.proxy;

import dev.celadon.router.domain.RequestHead;
import java.util.Set;

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
}
