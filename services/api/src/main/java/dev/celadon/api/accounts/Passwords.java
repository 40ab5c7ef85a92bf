package dev.celadon.api.accounts;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/** Passwords as PBKDF2 hashes, computed on threads of their own: {@code pbkdf2-sha256$rounds$salt$hash}. */
public final class Passwords {
    public static final int LEAST_LENGTH = 8;
    public static final int MOST_LENGTH = 256;

    private static final int ROUNDS = 600_000;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BITS = 256;
    /** Checked where there is no account, so that it takes as long as with one. */
    private static final String NOBODYS = "pbkdf2-sha256$" + ROUNDS + "$AAAAAAAAAAAAAAAAAAAAAA==$AAAA";

    private final WorkerExecutor workers;
    private final SecureRandom random = new SecureRandom();

    public Passwords(Vertx vertx) {
        this.workers = vertx.createSharedWorkerExecutor("passwords", 2);
    }

    public Future<String> hash(String password) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return workers.executeBlocking(
                () -> "pbkdf2-sha256$" + ROUNDS + "$" + Base64.getEncoder().encodeToString(salt) + "$"
                        + Base64.getEncoder().encodeToString(derive(password, salt, ROUNDS)),
                false);
    }

    /** In a time that does not tell whether there is such an account. */
    public Future<Boolean> isRight(String password, @Nullable String hash) {
        String[] parts = (hash == null ? NOBODYS : hash).split("\\$");
        return workers.executeBlocking(
                () -> {
                    byte[] salt = Base64.getDecoder().decode(parts[2]);
                    byte[] derived = derive(password, salt, Integer.parseInt(parts[1]));
                    return MessageDigest.isEqual(derived, Base64.getDecoder().decode(parts[3]));
                },
                false);
    }

    private static byte[] derive(String password, byte[] salt, int rounds) throws GeneralSecurityException {
        PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, rounds, HASH_BITS);
        return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(spec)
                .getEncoded();
    }
}
