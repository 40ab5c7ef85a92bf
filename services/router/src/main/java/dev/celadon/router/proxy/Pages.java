package dev.celadon.router.proxy;

import dev.celadon.contract.Route;
import dev.celadon.contract.RouterError;
import dev.celadon.router.domain.Table;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The router's own answers: what a visitor sees when the app does not answer. */
final class Pages {
    static final ByteBuf CONTINUE = Unpooled.unreleasableBuffer(
            Unpooled.directBuffer().writeBytes("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
    private static final String HTML = "text/html; charset=utf-8";

    private Pages() {}

    static ByteBuf plain(int status, String reason, String text) {
        return answer(status, reason, "text/plain; charset=utf-8", text, false, "Connection: close\r\n");
    }

    static ByteBuf redirect(String host, int port, String path) {
        String to = "https://" + Table.withoutPort(host) + (port == 443 ? "" : ":" + port) + path;
        String location = "Location: " + to + "\r\nConnection: close\r\n";
        return answer(301, "Moved Permanently", "text/plain; charset=utf-8", to + "\n", false, location);
    }

    static ByteBuf noSuchApp(boolean isHead, boolean isKept, boolean isHttp11) {
        String text =
                page("No such app", "There is no app at this address. Check the spelling of the host name.", null);
        return answer(404, "Not Found", HTML, text, isHead, connection(isKept, isHttp11));
    }

    /** @param status the error's own, but for an expectation, which has one of its own */
    static ByteBuf error(RouterError error, int status, Route.Options options, Request request, boolean isKept) {
        String reason = switch (status) {
            case 400 -> "Bad Request";
            case 417 -> "Expectation Failed";
            case 421 -> "Misdirected Request";
            case 502 -> "Bad Gateway";
            default -> "Service Unavailable";
        };
        String text = switch (error) {
            case H80 ->
                page(
                        "Offline for maintenance",
                        "This application is being worked on. Please try again soon.",
                        options.maintenancePageUrl());
            case H81 -> page("Nothing here yet", "This app has not been deployed yet. Push some code to it.", null);
            case H26, H31 -> page(reason, "The request cannot be served as it is.", null);
            default ->
                page(
                        "Application error",
                        "An error occurred in the application and your page could not be served. Please try again in a few"
                                + " moments. If you own this application, its logs say more (" + error.code() + ").",
                        options.errorPageUrl());
        };
        return answer(status, reason, HTML, text, request.isHead(), connection(isKept, request.isHttp11()));
    }

    private static String connection(boolean isKept, boolean isHttp11) {
        if (isKept) {
            return isHttp11 ? "" : "Connection: keep-alive\r\n";
        }
        return "Connection: close\r\n";
    }

    private static ByteBuf answer(
            int status, String reason, String type, String text, boolean isHead, String connection) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        ByteBuf answer = Unpooled.buffer(256 + body.length);
        String head = "HTTP/1.1 " + status + " " + reason + "\r\nContent-Type: " + type + "\r\nContent-Length: "
                + body.length + "\r\nCache-Control: no-cache, no-store\r\n" + connection + "\r\n";
        answer.writeCharSequence(head, StandardCharsets.US_ASCII);
        return isHead ? answer : answer.writeBytes(body);
    }

    /** The app's own page, where it has one, fills the window. */
    private static String page(String title, String text, @Nullable String url) {
        String content = url == null
                ? "<h1>%s</h1><p>%s</p>".formatted(title, text)
                : "<iframe src=\"%s\" title=\"%s\"></iframe>".formatted(escaped(url), title);
        return """
                <!DOCTYPE html>
                <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
                <title>%s</title><style>body{font:16px/1.5 system-ui,sans-serif;margin:20vh auto;max-width:32em;padding:0 1em;color:#333}
                h1{font-size:1.4em}iframe{position:fixed;inset:0;width:100%%;height:100%%;border:0}</style></head><body>%s</body></html>
                """.formatted(title, content);
    }

    private static String escaped(String url) {
        return url.replace("&", "&amp;").replace("\"", "&quot;").replace("<", "&lt;");
    }
}
