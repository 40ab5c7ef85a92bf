package dev.celadon.router.domain;

import dev.celadon.contract.RouterError;
import org.jspecify.annotations.Nullable;

/**
 * What the router's log line says of a request (FACTS of the field: names, order and quotes are its).
 *
 * @param detail what H25 and H26 add: the rule that was broken
 * @param dyno empty when none was asked
 * @param connectMillis, serviceMillis, bytes negative when there was none
 * @param status 0 is shown as nothing
 */
public record AccessLine(
        @Nullable RouterError error,
        String detail,
        String method,
        String path,
        String host,
        String requestId,
        String forwarded,
        String dyno,
        long connectMillis,
        long serviceMillis,
        int status,
        long bytes,
        String protocol) {

    public String text() {
        StringBuilder line = new StringBuilder(256);
        if (error == null) {
            line.append("at=info");
        } else {
            explain(error, line);
        }
        line.append(" method=").append(method).append(" path=\"");
        escape(path, line);
        line.append("\" host=").append(host).append(" request_id=").append(requestId);
        line.append(" fwd=\"");
        escape(forwarded, line);
        line.append("\" dyno=").append(dyno);
        millis(" connect=", connectMillis, line);
        millis(" service=", serviceMillis, line);
        line.append(" status=");
        if (status > 0) {
            line.append(status);
        }
        line.append(" bytes=");
        if (bytes >= 0) {
            line.append(bytes);
        }
        return line.append(" protocol=").append(protocol).toString();
    }

    private void explain(RouterError known, StringBuilder line) {
        String socket = socket(known);
        if (!socket.isEmpty()) {
            line.append("sock=").append(socket).append(' ');
        }
        line.append("at=").append(known.level()).append(" code=").append(known.code());
        line.append(" desc=\"").append(known.description());
        if (known == RouterError.H25) {
            line.append(": ").append(detail);
        }
        line.append('"');
        if (known == RouterError.H26) {
            line.append(" cause=\"").append(detail).append('"');
        }
    }

    /** Whose connection broke. */
    private static String socket(RouterError error) {
        return switch (error) {
            case H18 -> "backend";
            case H27 -> "client";
            default -> "";
        };
    }

    private static void millis(String name, long millis, StringBuilder line) {
        line.append(name);
        if (millis >= 0) {
            line.append(millis).append("ms");
        }
    }

    private static void escape(String text, StringBuilder line) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                line.append('\\').append(c);
            } else if (c >= ' ' && c != 127) {
                line.append(c);
            }
        }
    }
}
