package dev.celadon.router.proxy;

import java.util.Optional;
import java.util.function.Consumer;

/** Answers to an ACME server's challenges (RFC 8555 section 8.3), which the api gives for hosts it gets certificates for. */
public interface Challenges {
    String PATH = "/.well-known/acme-challenge/";

    /** @param taker is called once, on the caller's event loop; with nothing when the request is the app's own */
    void find(String host, String token, Consumer<Optional<String>> taker);
}
