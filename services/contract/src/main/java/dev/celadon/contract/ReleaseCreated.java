package dev.celadon.contract;

import java.util.UUID;

/** An app has a new current release. A hint only: the row in {@code api.releases} is the fact. */
public record ReleaseCreated(UUID appId, UUID releaseId, int version) {}
