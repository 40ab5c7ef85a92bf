package dev.celadon.contract;

/** The certificates of custom domains changed; {@code GET /api/certificates} is the fact. */
public record CertificatesChanged() {}
