package dev.celadon.router;

/** What a visitor sees when the app does not answer. */
final class ErrorPage {
    static final String NO_SUCH_APP =
            page("No such app", "There is no app at this address. Check the spelling of the host name.");

    private ErrorPage() {}

    static String of(dev.celadon.contract.RouterError error) {
        return switch (error) {
            case H80 -> page("Offline for maintenance", "This application is being worked on. Please try again soon.");
            case H81 -> page("Nothing here yet", "This app has not been deployed yet. Push some code to it.");
            default ->
                page(
                        "Application error",
                        "An error occurred in the application and your page could not be served. Please try again in a few moments. "
                                + "If you own this application, its logs say more (" + error.code() + ").");
        };
    }

    private static String page(String title, String text) {
        return """
                <!DOCTYPE html>
                <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
                <title>%s</title><style>body{font:16px/1.5 system-ui,sans-serif;margin:20vh auto;max-width:32em;padding:0 1em;color:#333}
                h1{font-size:1.4em}</style></head><body><h1>%s</h1><p>%s</p></body></html>
                """.formatted(title, title, text);
    }
}
