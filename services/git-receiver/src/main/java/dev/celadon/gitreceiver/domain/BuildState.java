package dev.celadon.gitreceiver.domain;

import java.util.Optional;

/**
 * How a compiler gets on with a push.
 *
 * @param failure why it failed, in words for the pusher
 * @param outputUrl where its output streams from, once a compiler has it
 */
public record BuildState(String status, Optional<String> failure, Optional<String> outputUrl) {
    public boolean hasSucceeded() {
        return status.equals("succeeded");
    }

    public boolean hasEnded() {
        return hasSucceeded() || status.equals("failed") || status.equals("cancelled");
    }

    /** The words after "push rejected, ". */
    public String reason() {
        return failure.filter(text -> !text.isBlank())
                .orElse(status.equals("cancelled") ? "the build was cancelled" : "the build failed");
    }
}
