package dev.celadon.gitreceiver.access;

/** Why a git client is not served, in words for its user. */
public final class Refusal extends RuntimeException {
    private final int status;

    /** @param status as HTTP has it */
    public Refusal(int status, String text) {
        super(text, null, false, false);
        this.status = status;
    }

    public int status() {
        return status;
    }

    public String text() {
        return String.valueOf(getMessage());
    }
}
