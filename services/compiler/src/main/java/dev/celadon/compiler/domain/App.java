package dev.celadon.compiler.domain;

import java.util.UUID;

/** What a build needs to know of its app. */
public record App(UUID id, String name, String stack) {}
