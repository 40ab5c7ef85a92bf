package dev.celadon.conformance;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** What the log says of one process of an app, backlog and live, however many lines others write. */
final class Tail implements AutoCloseable {
    private final StringBuffer heard = new StringBuffer();
    private final WebSocket socket;

    Tail(RunningPlatform platform, String app, String process) throws Exception {
        String asked = "{\"tail\":true,\"lines\":1500,\"source\":\"heroku\",\"dyno\":\"" + process + "\"}";
        String url = platform.api(201, "POST", "/apps/" + app + "/log-sessions", asked)
                .get("logplex_url")
                .asText();
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create(url.replaceFirst("^http", "ws")), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
                        heard.append(text).append(last ? "\n" : "");
                        return WebSocket.Listener.super.onText(from, text, last);
                    }
                })
                .get(10, TimeUnit.SECONDS);
    }

    String heard() {
        return heard.toString();
    }

    void await(String text) {
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> heard().contains(text));
    }

    @Override
    public void close() {
        socket.abort();
    }
}
