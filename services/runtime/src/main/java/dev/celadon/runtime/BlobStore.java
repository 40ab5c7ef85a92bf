package dev.celadon.runtime;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** Slugs and build outputs, named by their SHA-256, in a directory. A blob is complete or absent, never in between. */
public final class BlobStore {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    private final Vertx vertx;
    private final Path directory;

    public BlobStore(Vertx vertx, Path directory) {
        this.vertx = vertx;
        this.directory = directory;
    }

    /** @param sha256 64 hexadecimal digits, lower case */
    public record Blob(String sha256, long bytes) {}

    /** Moves a finished file of the same file system into the store; synced before it is named. */
    public Future<Blob> put(Path file) {
        return vertx.executeBlocking(() -> putBlocking(file), false);
    }

    /** Where the blob lies on this host. The file must not be changed. */
    public Path path(String sha256) {
        if (!SHA256.matcher(sha256).matches()) {
            throw new IllegalArgumentException("sha256: " + sha256 + " (expected: 64 hexadecimal digits)");
        }
        return directory.resolve(sha256.substring(0, 2)).resolve(sha256);
    }

    public Future<Boolean> delete(String sha256) {
        Path blob = path(sha256);
        return vertx.executeBlocking(() -> Files.deleteIfExists(blob), false);
    }

    /** Hashes the blob again: false when it is missing or is not what its name says (R17). */
    public Future<Boolean> verify(String sha256) {
        Path blob = path(sha256);
        return vertx.executeBlocking(() -> Files.exists(blob) && hash(blob).equals(sha256), false);
    }

    private Blob putBlocking(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Blob blob = new Blob(hash(file), Files.size(file));
        Path target = path(blob.sha256());
        Files.createDirectories(target.getParent());
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return blob;
    }

    private static String hash(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                DigestInputStream digested = new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
            digested.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digested.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
