package dev.celadon.logplex.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.celadon.contract.LogLine;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DrainRulesTest {
    private static final Instant NOW = Instant.parse("2012-11-30T06:45:29.5Z");

    @ParameterizedTest
    @CsvSource({"app,web.1,190", "heroku,router,158", "heroku,web.1,45", "heroku,api,45", "heroku,logplex,172"})
    void eachSourceHasItsPriority(String source, String process, int priority) {
        assertThat(message(source, process, "text"))
                .endsWith("<%d>1 2012-11-30T06:45:29.500000+00:00 host %s %s - text\n"
                        .formatted(priority, source, process));
    }

    @Test
    void theLengthInFrontCountsBytesWithTheLineEnd() {
        String message = message("app", "web.3", "naïve – 😀");
        int space = message.indexOf(' ');
        assertThat(Integer.parseInt(message.substring(0, space)))
                .isEqualTo(message.substring(space + 1).getBytes(StandardCharsets.UTF_8).length);
        assertThat(message).endsWith(" naïve – 😀\n");
    }

    @Test
    void aPostedDrainIsReadFromItsUrl() {
        DrainTarget target = DrainTarget.parse("https://user:p%40ss@logs.example.org/in/put?key=1");
        assertThat(target.isSyslog()).isFalse();
        assertThat(target.isSecure()).isTrue();
        assertThat(target.host()).isEqualTo("logs.example.org");
        assertThat(target.port()).isEqualTo(443);
        assertThat(target.uri()).isEqualTo("/in/put?key=1");
        assertThat(target.authorization()).contains("Basic dXNlcjpwQHNz");
        assertThat(target.shown()).isEqualTo("https://logs.example.org:443/");
        assertThat(DrainTarget.parse("http://logs.example.org").uri()).isEqualTo("/");
    }

    @Test
    void aSyslogDrainIsReadFromItsUrl() {
        assertThat(DrainTarget.parse("syslog+tls://logs.example.org:6515").shown())
                .isEqualTo("syslog+tls://logs.example.org:6515/");
        DrainTarget plain = DrainTarget.parse("syslog://[fd00::1]");
        assertThat(plain.host()).isEqualTo("fd00::1");
        assertThat(plain.port()).isEqualTo(514);
        assertThat(plain.shown()).isEqualTo("syslog://[fd00::1]:514/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://logs.example.org", "syslog:logs", "//logs.example.org", "https://"})
    void whatIsNoDrainIsRefused(String url) {
        assertThatThrownBy(() -> DrainTarget.parse(url)).isInstanceOf(IllegalArgumentException.class);
    }

    private static String message(String source, String process, String text) {
        LogLine line = new LogLine(UUID.randomUUID(), NOW, source, process, text);
        return new String(SyslogMessage.encode(line, "host"), StandardCharsets.UTF_8);
    }
}
