package dev.celadon.gitreceiver.domain;

import java.util.UUID;

/** Whose token came with a request. */
public record Pusher(UUID accountId, String email) {}
