package dev.celadon.manifold.terminal.domain;

/**
 * The input of a dyno without a terminal. Its client sends EOT ({@code \x04}) after the last byte; the same byte amid
 * the input is input. So one at the end of what came is held back until something follows it, or nothing does.
 */
public final class PipedInput {
    private static final byte EOT = 4;

    private boolean isHolding;

    /** What to hand on. */
    public byte[] take(byte[] input) {
        if (input.length == 0) {
            return input;
        }
        boolean endsWithEot = input[input.length - 1] == EOT;
        int length = endsWithEot ? input.length - 1 : input.length;
        byte[] taken = new byte[length + (isHolding ? 1 : 0)];
        if (isHolding) {
            taken[0] = EOT;
        }
        System.arraycopy(input, 0, taken, taken.length - length, length);
        isHolding = endsWithEot;
        return taken;
    }

    /** Whether the input has ended if nothing follows what was taken. */
    public boolean hasEnded() {
        return isHolding;
    }
}
