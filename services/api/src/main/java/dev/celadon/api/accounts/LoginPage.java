package dev.celadon.api.accounts;

import io.vertx.ext.web.RoutingContext;

/** The pages of a browser login: one form, or one sentence. They load nothing from elsewhere. */
final class LoginPage {
    private static final String PAGE = """
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>Log in</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <style>body{font:16px/1.5 sans-serif;max-width:24em;margin:4em auto;padding:0 1em}
            input,button{font:inherit;width:100%%;box-sizing:border-box;padding:.5em;margin:.25em 0 1em}
            .wrong{color:#b00020}</style></head><body>%s</body></html>
            """;
    private static final String FORM = """
            <h1>Log in</h1><p>%s asks for access to your account. Log in only if it was you who began this.</p>
            <p class="wrong" role="alert">%s</p><form method="post">
            <label>E-mail <input name="email" type="email" autocomplete="username" required autofocus></label>
            <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
            <button>Log in</button></form>
            """;

    private LoginPage() {}

    static void form(RoutingContext context, String who, String problem) {
        send(context, problem.isEmpty() ? 200 : 401, FORM.formatted(escaped(who), escaped(problem)));
    }

    static void tell(RoutingContext context, int status, String sentence) {
        send(context, status, "<p>" + escaped(sentence) + "</p>");
    }

    private static void send(RoutingContext context, int status, String content) {
        context.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "text/html; charset=utf-8")
                .putHeader("Cache-Control", "no-store")
                .putHeader(
                        "Content-Security-Policy",
                        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
                .end(PAGE.formatted(content));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
