package dev.celadon.contract;

/** A router routes by this revision now. Sent after each change and again every few seconds. */
public record RoutesApplied(String routerId, long revision) {}
