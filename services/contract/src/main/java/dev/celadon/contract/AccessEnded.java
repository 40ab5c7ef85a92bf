package dev.celadon.contract;

/** A token, a collaborator or an account is gone. What was opened with it (terminals, log sessions) is to be closed. */
public record AccessEnded() {}
