package dev.celadon.manifold.terminal.domain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a dyno's output into the pieces its client receives, each as one TLS record. The client looks at one piece at a
 * time: {@code \r\n} and the exit marker are therefore never divided, and what may become one of them is held back until
 * it is whole or {@link #release}d.
 */
public final class TerminalOutput {
    /** A TLS record carries no more. */
    public static final int MOST_BYTES = 16_384;

    private static final byte[] NOTHING = new byte[0];

    private final int mostBytes;
    private byte[] held = NOTHING;
    private boolean hasMarker;

    public TerminalOutput() {
        this(MOST_BYTES);
    }

    TerminalOutput(int mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** What may be sent now. */
    public List<byte[]> take(byte[] output) {
        byte[] all = joined(held, output);
        List<byte[]> pieces = new ArrayList<>();
        int from = 0;
        for (int at = 0; at < all.length; at++) {
            if (all[at] != ExitMarker.HEAD[0]) {
                continue;
            }
            int end = markerEnd(all, at);
            if (end == OPEN) {
                plain(all, from, at, pieces);
                held = Arrays.copyOfRange(all, at, all.length);
                return pieces;
            }
            if (end > at) {
                plain(all, from, at, pieces);
                pieces.add(Arrays.copyOfRange(all, at, end));
                hasMarker = true;
                from = end;
                at = end - 1;
            }
        }
        int end = all.length > from && all[all.length - 1] == '\r' ? all.length - 1 : all.length;
        plain(all, from, end, pieces);
        held = Arrays.copyOfRange(all, end, all.length);
        return pieces;
    }

    public boolean isHolding() {
        return held.length > 0;
    }

    /** What is held back, sent as it is: nothing followed it for a while, or nothing will. */
    public List<byte[]> release() {
        byte[] rest = held;
        held = NOTHING;
        return rest.length == 0 ? List.of() : List.of(rest);
    }

    /** Whether an exit marker went by. */
    public boolean hasMarker() {
        return hasMarker;
    }

    private static final int NONE = -1;
    private static final int OPEN = -2;

    /** Where the marker that begins at {@code start} ends, {@link #OPEN} when it may still become one. */
    private static int markerEnd(byte[] all, int start) {
        int at = start;
        for (byte expected : ExitMarker.HEAD) {
            if (at == all.length) {
                return OPEN;
            }
            if (all[at++] != expected) {
                return NONE;
            }
        }
        int digits = 0;
        while (at < all.length && digits < ExitMarker.MOST_DIGITS && all[at] >= '0' && all[at] <= '9') {
            at++;
            digits++;
        }
        if (at == all.length) {
            return OPEN;
        }
        if (digits == 0) {
            return NONE;
        }
        if (all[at] == '\r') {
            at++;
            if (at == all.length) {
                return OPEN;
            }
        }
        return all[at] == '\n' ? at + 1 : at;
    }

    private void plain(byte[] all, int from, int to, List<byte[]> pieces) {
        int at = from;
        while (at < to) {
            int end = Math.min(to, at + mostBytes);
            if (end < to && all[end - 1] == '\r' && end - at > 1) {
                end--;
            }
            pieces.add(Arrays.copyOfRange(all, at, end));
            at = end;
        }
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }
}
