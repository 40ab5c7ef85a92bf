package dev.celadon.compiler.domain;

import java.util.List;
import java.util.Locale;

/** How large a slug is, and what is said about it. */
public record SlugSize(long bytes) {
    private static final long KILOBYTE = 1024;
    private static final long MEGABYTE = 1024 * KILOBYTE;

    /** {@code 17.3MB}, {@code 412K}. */
    public String text() {
        return bytes < MEGABYTE
                ? Math.max(1, bytes / KILOBYTE) + "K"
                : String.format(Locale.ROOT, "%.1fMB", (double) bytes / MEGABYTE);
    }

    /** @throws BuildRejected when it is larger than {@code limit} bytes */
    public void check(long limit) {
        if (bytes > limit) {
            throw new BuildRejected("slug too large: %s (limit: %s)".formatted(text(), limitText(limit)));
        }
    }

    /** Advice past {@code adviceFrom} bytes, then the size. */
    public List<String> lines(long adviceFrom) {
        String size = "-----> Compiled slug size is " + text();
        if (bytes <= adviceFrom) {
            return List.of(size);
        }
        return List.of(
                " !     The slug is over " + limitText(adviceFrom) + ": large slugs take longer to scale.",
                " !     Name files the app does not need at run time in .slugignore,",
                " !     and keep large assets (images, videos, archives) outside the app, in an asset store.",
                size);
    }

    private static String limitText(long limit) {
        return limit % MEGABYTE == 0 ? limit / MEGABYTE + "MB" : new SlugSize(limit).text();
    }
}
