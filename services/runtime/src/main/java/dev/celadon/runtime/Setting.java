package dev.celadon.runtime;

/**
 * One documented environment variable.
 *
 * @param fallback the default as an operator would write it; empty when there is none
 */
public record Setting(String name, String fallback, String meaning, boolean isSecret) {}
