package dev.celadon.contract;

import java.util.UUID;

/** A push waits to be built. A hint only: the row in {@code git.pushes} is the fact. */
public record PushReceived(UUID pushId, UUID appId) {}
