package dev.celadon.router.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.contract.Route;
import java.util.UUID;

/** An app of the rig, with a host name and a log of its own. */
public final class TestApp {
    private final RouterRig rig;
    private final UUID id = UUID.randomUUID();
    private final String name;

    TestApp(RouterRig rig, String name) {
        this.rig = rig;
        this.name = name;
    }

    public UUID id() {
        return id;
    }

    public String host() {
        return name + ".localhost";
    }

    public void publish(Route.State state, Route.Options options, RawDyno... dynos) {
        rig.publish(id, name, state, options, dynos);
    }

    /** {@code GET path} with these header lines, each with its line end. */
    public String get(String path, String headers) {
        return "GET " + path + " HTTP/1.1\r\nHost: " + host() + "\r\n" + headers + "\r\n";
    }

    public String post(String headers) {
        return "POST / HTTP/1.1\r\nHost: " + host() + "\r\n" + headers + "\r\n";
    }

    /** The only log line so far. */
    public String line() {
        return rig.lines(id, 1).get(0);
    }

    public String line(int number) {
        return rig.lines(id, number).get(number - 1);
    }

    /** The only log line so far: its beginning and end word for word, the rest in order. */
    public String onlyLine(String beginning, String end) {
        String line = line();
        assertThat(line).startsWith(beginning).endsWith(end);
        assertThat(line)
                .matches(
                        ".* method=\\S+ path=\"/[^\"]*\" host=" + host() + " request_id=[0-9a-f-]{36} fwd=\"127.0.0.1\""
                                + " dyno=\\S* connect=\\S* service=\\S* status=\\d* bytes=\\d* protocol=http");
        return line;
    }
}
