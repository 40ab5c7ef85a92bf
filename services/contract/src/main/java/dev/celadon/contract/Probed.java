package dev.celadon.contract;

/** The answer to {@link ProbeDyno}. */
public record Probed(boolean isAccepting) {}
