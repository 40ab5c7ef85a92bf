package dev.celadon.gitreceiver.domain;

/** One ref a pusher wants changed: {@code refs/heads/main}, set or deleted. */
public record RefChange(String ref, boolean isDeletion) {
    private static final String BRANCHES = "refs/heads/";

    boolean isBranch() {
        return ref.startsWith(BRANCHES);
    }

    boolean isTag() {
        return ref.startsWith("refs/tags/");
    }

    boolean isMain() {
        return ref.equals(BRANCHES + "main") || ref.equals(BRANCHES + "master");
    }

    /** {@code main} for {@code refs/heads/main}. */
    public String shortName() {
        return isBranch() ? ref.substring(BRANCHES.length()) : ref;
    }
}
