package dev.celadon.gitreceiver.domain;

import java.time.Duration;

/** What a pusher reads of the push itself; the lines of the build come from the compiler. */
public record PushText(String platformName) {
    private static final String ARROW = "-----> ";
    private static final String WARNING = " !     ";
    private static final String DETAIL = "       ";

    public String receiving() {
        return ARROW + platformName + " receiving push";
    }

    public String waiting() {
        return ARROW + "Waiting for another push of this app to finish...";
    }

    public String unbuilt() {
        return "Pushed to non-main branch, skipping build.";
    }

    public String rejected(String reason) {
        return WARNING + platformName + " push rejected, " + reason;
    }

    public String releasing() {
        return ARROW + "Release command executing...";
    }

    public String launched(int version) {
        return ARROW + "Launching... done, v" + version;
    }

    public String deployed(String webUrl) {
        String bare = webUrl.endsWith("/") ? webUrl.substring(0, webUrl.length() - 1) : webUrl;
        return DETAIL + bare + " deployed to " + platformName;
    }

    public String notUp(int version, String reason) {
        return WARNING + "v" + version + " did not come up: " + reason;
    }

    public String serves(int version) {
        return WARNING + "v" + version + " serves on.";
    }

    public String stillStarting(int version, Duration waited) {
        return WARNING + "v" + version + " is not up after " + waited.toSeconds() + "s; it goes on starting.";
    }

    public String releaseFailed(int version) {
        return WARNING + "Release command of v" + version + " failed.";
    }

    public String unreleased(Duration waited) {
        return WARNING + "The build succeeded, its release is not made after " + waited.toSeconds() + "s.";
    }
}
