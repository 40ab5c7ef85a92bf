package dev.celadon.gitreceiver.domain;

import java.util.UUID;

/** The app a request is for, which the pusher has access to. */
public record App(UUID id, String name, String webUrl) {}
