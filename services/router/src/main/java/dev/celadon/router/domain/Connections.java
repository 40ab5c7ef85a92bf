package dev.celadon.router.domain;

import java.util.ArrayList;
import java.util.List;

/** What the Connection fields of one head say: about the connection, and which other fields belong to it. */
final class Connections {
    private boolean isClose;
    private boolean isKeepAlive;
    private boolean isUpgrade;
    private final List<String> named = new ArrayList<>(0);

    void clear() {
        isClose = false;
        isKeepAlive = false;
        isUpgrade = false;
        named.clear();
    }

    void read(byte[] bytes, int from, int to) {
        if (HttpChars.equalsIgnoringCase(bytes, from, to, "keep-alive")) {
            isKeepAlive = true;
        } else if (HttpChars.equalsIgnoringCase(bytes, from, to, "close")) {
            isClose = true;
        } else {
            Fields.members(bytes, from, to).forEach(this::read);
        }
    }

    private void read(String member) {
        switch (member) {
            case "close" -> isClose = true;
            case "keep-alive" -> isKeepAlive = true;
            case "upgrade" -> isUpgrade = true;
            default -> named.add(member);
        }
    }

    /** Whether the connection goes on after this message. */
    boolean persists(boolean isHttp11) {
        return !isClose && (isHttp11 || isKeepAlive);
    }

    boolean isUpgrade() {
        return isUpgrade;
    }

    /** Fields that end here because this Connection field names them; what frames the message is never among them. */
    boolean names(byte[] bytes, int from, int to) {
        for (int i = 0; i < named.size(); i++) {
            if (HttpChars.equalsIgnoringCase(bytes, from, to, named.get(i))) {
                return true;
            }
        }
        return false;
    }
}
