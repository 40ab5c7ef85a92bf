package dev.celadon.manifold.terminal.domain;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** The first line of a client: the secret of its dyno, of which only the hash is kept anywhere. */
public final class SecretLine {
    private static final int MOST_BYTES = 512;

    private byte[] line = new byte[0];

    /** @return whether the line is whole; what follows it is the client's own affair and dropped */
    public boolean take(byte[] input) {
        byte[] all = Arrays.copyOf(line, line.length + input.length);
        System.arraycopy(input, 0, all, line.length, input.length);
        for (int at = line.length; at < all.length; at++) {
            if (all[at] == '\n') {
                line = Arrays.copyOf(all, at > 0 && all[at - 1] == '\r' ? at - 1 : at);
                return true;
            }
        }
        line = all;
        return false;
    }

    public boolean isTooLong() {
        return line.length > MOST_BYTES;
    }

    /** For the node that has the dyno. */
    public byte[] toBytes() {
        byte[] whole = Arrays.copyOf(line, line.length + 2);
        whole[line.length] = '\r';
        whole[line.length + 1] = '\n';
        return whole;
    }

    /** SHA-256, hex. */
    public String hash() {
        return HexFormat.of().formatHex(sha256(line));
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
