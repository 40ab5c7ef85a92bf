package dev.celadon.contract;

import java.util.UUID;

/** A request waits for an app whose only web dyno idles. A hint only: the router's next report says so again. */
public record AppWake(UUID appId) {}
