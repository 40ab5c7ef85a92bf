package dev.celadon.contract;

/** The reply of a command that was taken; a refusal is a failed request with the reason. */
public record Accepted() {}
