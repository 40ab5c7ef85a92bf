package dev.celadon.router.domain;

/** A message that cannot be read in exactly one way. Carries no stack: it is an answer, not a fault. */
public final class Malformed extends RuntimeException {
    private final Kind kind;

    /** What of a response is wrong; a request is always refused the same way. */
    public enum Kind {
        FORMAT(""),
        CONTENT_LENGTH("invalid content length"),
        COOKIE("oversized cookie"),
        HEADER("oversized header"),
        STATUS_LINE("oversized status line");

        private final String description;

        Kind(String description) {
            this.description = description;
        }

        /** As in the log line of H25. */
        public String description() {
            return description;
        }
    }

    Malformed(String what) {
        this(Kind.FORMAT, what);
    }

    Malformed(Kind kind, String what) {
        super(what, null, false, false);
        this.kind = kind;
    }

    public static Malformed headTooLarge() {
        return new Malformed(Kind.HEADER, "a head that is too large");
    }

    public Kind kind() {
        return kind;
    }
}
