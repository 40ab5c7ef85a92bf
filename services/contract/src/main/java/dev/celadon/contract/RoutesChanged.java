package dev.celadon.contract;

/** The routing table has a newer revision; routers fetch what changed since theirs over HTTP. */
public record RoutesChanged(long revision) {}
