package dev.celadon.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Keys derived from the platform's one secret: a purpose each, so that one never opens what another closed. */
public final class SecretKeys {
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final byte[] master;
    private final SecureRandom random = new SecureRandom();

    public SecretKeys(byte[] master) {
        if (master.length < KEY_BYTES) {
            throw new IllegalArgumentException("secret: " + master.length + " bytes (expected: at least 32)");
        }
        this.master = master.clone();
    }

    /** From the setting, or else from the file, which is made on the first start and readable by its owner only. */
    public static SecretKeys load(Optional<String> setting, Path file) throws IOException {
        if (setting.isPresent()) {
            return new SecretKeys(setting.get().getBytes(StandardCharsets.UTF_8));
        }
        if (!Files.exists(file)) {
            byte[] fresh = new byte[KEY_BYTES];
            new SecureRandom().nextBytes(fresh);
            writeOwnerOnly(file, HexFormat.of().formatHex(fresh));
        }
        return new SecretKeys(HexFormat.of().parseHex(Files.readString(file).strip()));
    }

    /** Writes a secret whole or not at all, readable by its owner only. */
    public static void writeOwnerOnly(Path file, String secret) throws IOException {
        Files.createDirectories(file.getParent());
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, secret, StandardOpenOption.SYNC);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** A printable token derived for one purpose, the same on every node: {@code internal-http}. */
    public String token(String purpose) {
        return HexFormat.of().formatHex(mac(purpose, new byte[0]));
    }

    /** An authentication code of {@code text} for one purpose, URL-safe. */
    public String sign(String purpose, String text) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(mac(purpose, text.getBytes(StandardCharsets.UTF_8)));
    }

    /** In constant time. */
    public boolean isSigned(String purpose, String text, String signature) {
        return equal(sign(purpose, text), signature);
    }

    /** AES-256-GCM; the purpose is bound in. */
    public byte[] encrypt(String purpose, byte[] plain) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        byte[] sealed = cipher(Cipher.ENCRYPT_MODE, purpose, nonce, plain);
        byte[] whole = Arrays.copyOf(nonce, nonce.length + sealed.length);
        System.arraycopy(sealed, 0, whole, nonce.length, sealed.length);
        return whole;
    }

    /** @throws IllegalStateException when the bytes were not encrypted under this key and purpose */
    public byte[] decrypt(String purpose, byte[] whole) {
        byte[] nonce = Arrays.copyOf(whole, NONCE_BYTES);
        return cipher(Cipher.DECRYPT_MODE, purpose, nonce, Arrays.copyOfRange(whole, NONCE_BYTES, whole.length));
    }

    /** Compares secrets in constant time. */
    public static boolean equal(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    private byte[] cipher(int mode, String purpose, byte[] nonce, byte[] input) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(
                    mode, new SecretKeySpec(mac(purpose, new byte[0]), "AES"), new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(purpose.getBytes(StandardCharsets.UTF_8));
            return cipher.doFinal(input);
        } catch (GeneralSecurityException wrongKey) {
            throw new IllegalStateException(
                    "cannot " + (mode == Cipher.DECRYPT_MODE ? "decrypt " : "encrypt ") + purpose);
        }
    }

    private byte[] mac(String purpose, byte[] text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(master, "HmacSHA256"));
            mac.update(purpose.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            return mac.doFinal(text);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
