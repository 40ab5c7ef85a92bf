package dev.celadon.api.domain;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/**
 * An SSH public key, as one line of {@code id_ed25519.pub} has it.
 *
 * @param text type and key, without the comment
 * @param fingerprint {@code SHA256:} and base64 without padding, as OpenSSH prints it
 */
public record PublicKey(String text, String comment, String fingerprint) {
    private static final Set<String> TYPES = Set.of(
            "ssh-ed25519",
            "ssh-rsa",
            "ecdsa-sha2-nistp256",
            "ecdsa-sha2-nistp384",
            "ecdsa-sha2-nistp521",
            "sk-ssh-ed25519@openssh.com",
            "sk-ecdsa-sha2-nistp256@openssh.com");
    private static final int LONGEST = 16_384;

    /** Empty when the line is no key of a type that OpenSSH knows. */
    public static Optional<PublicKey> parse(String line) {
        String[] parts = line.strip().split("\\s+", 3);
        if (line.length() > LONGEST || parts.length < 2 || !TYPES.contains(parts[0])) {
            return Optional.empty();
        }
        try {
            byte[] blob = Base64.getDecoder().decode(parts[1]);
            if (!typeWithin(blob).equals(parts[0])) {
                return Optional.empty();
            }
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(blob);
            return Optional.of(new PublicKey(
                    parts[0] + " " + parts[1],
                    parts.length > 2 ? parts[2].strip() : "",
                    "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest)));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** RFC 4253, 6.6: the key begins with its type's length and name. */
    private static String typeWithin(byte[] blob) {
        if (blob.length < Integer.BYTES) {
            return "";
        }
        int length = ByteBuffer.wrap(blob).getInt();
        return length > 0 && length < blob.length - Integer.BYTES
                ? new String(blob, Integer.BYTES, length, StandardCharsets.US_ASCII)
                : "";
    }
}
