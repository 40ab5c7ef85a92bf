package dev.celadon.deploy;

import dev.celadon.runtime.Platform;
import dev.celadon.runtime.SecretKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code celadon.env}: where this platform answers and the operator's token, for shells to source. */
final class CeladonEnv {
    private CeladonEnv() {}

    static void write(Settings settings, Platform platform, String logplexUrl, String token) throws IOException {
        String domain = settings.domain();
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put(
                "CELADON_API_URL", "http://" + domain + ":" + settings.api().port());
        variables.put("CELADON_GIT_HOST", domain + ":" + settings.git().port());
        variables.put(
                "CELADON_ROUTER_URL",
                "http://" + domain + ":" + settings.router().port());
        variables.put(
                "CELADON_ROUTER_TLS_URL",
                "https://" + domain + ":" + settings.router().tlsPort());
        variables.put("CELADON_LOGPLEX_URL", logplexUrl);
        variables.put("CELADON_INTERNAL_URL", platform.internal().url());
        variables.put("CELADON_DOMAIN", domain);
        variables.put("CELADON_CA", platform.ca().certificateFile().toString());
        variables.put("CELADON_TOKEN", token);
        variables.put("CELADON_PID", Long.toString(ProcessHandle.current().pid()));
        StringBuilder text = new StringBuilder();
        variables.forEach((name, value) -> text.append("export ")
                .append(name)
                .append("='")
                .append(value.replace("'", "'\\''"))
                .append("'\n"));
        Path file = settings.dataDirectory().resolve("celadon.env");
        SecretKeys.writeOwnerOnly(file, text.toString());
    }
}
