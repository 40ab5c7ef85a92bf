package dev.celadon.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * The platform's own short name on this host, kept with its data: everything it makes outside its directory (bridge,
 * cgroups, mounts) carries it, so two platforms on one host never meet.
 */
public record Instance(String id) {
    private static final int LENGTH = 6;

    /** Reads it, or invents it without touching the disk; {@link #keep} writes it down. */
    public static Instance of(Path dataDirectory) {
        Path file = file(dataDirectory);
        try {
            return new Instance(Files.exists(file) ? Files.readString(file).strip() : invent());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    public void keep(Path dataDirectory) throws IOException {
        if (!Files.exists(file(dataDirectory))) {
            Files.writeString(file(dataDirectory), id + "\n");
        }
    }

    private static Path file(Path dataDirectory) {
        return dataDirectory.resolve("instance");
    }

    private static String invent() {
        String letters = "abcdefghijklmnopqrstuvwxyz0123456789";
        SecureRandom random = new SecureRandom();
        StringBuilder id = new StringBuilder();
        for (int i = 0; i < LENGTH; i++) {
            id.append(letters.charAt(random.nextInt(letters.length())));
        }
        return id.toString();
    }
}
