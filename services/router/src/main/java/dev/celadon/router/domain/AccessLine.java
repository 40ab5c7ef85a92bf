package dev.celadon.router.domain;

import dev.celadon.contract.RouterError;
import org.jspecify.annotations.Nullable;

/**
 * What the router's log line says of a request.
 *
 * @param dyno empty when none was asked
 * @param connectMillis, serviceMillis negative when there was none
 */
public record AccessLine(
        @Nullable RouterError error,
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
        StringBuilder line = new StringBuilder("at=");
        if (error == null) {
            line.append("info");
        } else {
            line.append(error.level()).append(" code=").append(error.code());
            line.append(" desc=\"").append(error.description()).append('"');
        }
        line.append(" method=")
                .append(method)
                .append(" path=\"")
                .append(escaped(path))
                .append('"');
        line.append(" host=").append(host).append(" request_id=").append(requestId);
        line.append(" fwd=\"").append(escaped(forwarded)).append("\" dyno=").append(dyno);
        line.append(" connect=").append(connectMillis < 0 ? "" : connectMillis + "ms");
        line.append(" service=").append(serviceMillis < 0 ? "" : serviceMillis + "ms");
        line.append(" status=")
                .append(status)
                .append(" bytes=")
                .append(bytes)
                .append(" protocol=")
                .append(protocol);
        return line.toString();
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                escaped.append('\\').append((char) c);
            } else if (c >= ' ' && c != 127) {
                escaped.append((char) c);
            }
        });
        return escaped.toString();
    }
}
