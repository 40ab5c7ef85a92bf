package dev.celadon.logplex.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.celadon.contract.LogLine;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LogRulesTest {
    private static final Instant NOW = Instant.parse("2026-11-24T01:02:03.123456Z");
    private static final UUID APP = UUID.randomUUID();

    @Test
    void bufferTellsTheLossBeforeWhatSurvived() {
        LossyBuffer<Integer> buffer = new LossyBuffer<>(2);
        assertThat(buffer.push(1, NOW)).isFalse();
        assertThat(buffer.push(2, NOW)).isFalse();
        assertThat(buffer.push(3, NOW.plusSeconds(1))).isTrue();
        assertThat(buffer.push(4, NOW.plusSeconds(2))).isTrue();
        assertThat(buffer.takeLoss()).contains(new LossyBuffer.Loss(2, NOW.plusSeconds(1)));
        assertThat(buffer.takeLoss()).isEmpty();
        assertThat(buffer.pop()).contains(3);
        assertThat(buffer.pop()).contains(4);
        assertThat(buffer.pop()).isEmpty();
        assertThatThrownBy(() -> new LossyBuffer<>(0)).hasMessageContaining("capacity: 0");
    }

    @Test
    void bufferNeverLosesWithoutCounting() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            LossyBuffer<Integer> buffer = new LossyBuffer<>(1 + random.nextInt(5));
            int pushed = 0;
            long accounted = 0;
            for (int step = 0; step < 200; step++) {
                if (random.nextBoolean()) {
                    buffer.push(pushed++, NOW);
                } else {
                    accounted += buffer.takeLoss().map(LossyBuffer.Loss::count).orElse(0L);
                    var next = buffer.pop();
                    if (next.isPresent()) {
                        assertThat((long) next.get()).as("seed %s", seed).isEqualTo(accounted++);
                    }
                }
            }
        }
    }

    @Test
    void historyKeepsTheNewestUpToItsBound() {
        History history = new History(3);
        IntStream.range(0, 5).forEach(number -> history.append(NOW, line("app", "web.1", "l" + number)));
        assertThat(texts(history.all())).containsExactly("l2", "l3", "l4");
        assertThat(texts(history.newest(2, LogFilter.EVERYTHING))).containsExactly("l3", "l4");
        assertThat(history.newest(0, LogFilter.EVERYTHING)).isEmpty();
    }

    @Test
    void historyCountsOnlyWhatTheFilterAccepts() {
        History history = new History(10);
        history.append(NOW, line("app", "web.1", "a"));
        history.append(NOW, line("heroku", "router", "r"));
        history.append(NOW, line("app", "web.1", "b"));
        assertThat(texts(history.newest(2, new LogFilter("app", null)))).containsExactly("a", "b");
    }

    @Test
    void sequenceGrowsWithinOneMicrosecondAndWhenTheClockGoesBack() {
        History history = new History(10);
        long first = history.append(NOW, line("app", "web.1", "a")).sequence();
        assertThat(history.append(NOW, line("app", "web.1", "b")).sequence()).isEqualTo(first + 1);
        assertThat(history.append(NOW.minusSeconds(9), line("app", "web.1", "c"))
                        .sequence())
                .isEqualTo(first + 2);
        assertThat(texts(history.after(first, LogFilter.EVERYTHING))).containsExactly("b", "c");
    }

    @Test
    void sequenceGoesOnAfterALifeWhoseLastLinesWereNotSaved() {
        History before = new History(10);
        before.append(NOW, line("app", "web.1", "saved"));
        List<NumberedLine> saved = before.all();
        long seen = before.append(NOW.plusMillis(1), line("app", "web.1", "unsaved"))
                .sequence();
        History after = new History(10);
        after.restore(saved);
        after.append(NOW.plusSeconds(1), line("app", "web.1", "new"));
        assertThat(texts(after.after(seen, LogFilter.EVERYTHING))).containsExactly("new");
    }

    @Test
    void historyIsIdleOnceNothingArrivedForSoLong() {
        History history = new History(1);
        history.append(NOW, line("app", "web.1", "a"));
        assertThat(history.isIdleSince(NOW.minusSeconds(1))).isFalse();
        assertThat(history.isIdleSince(NOW.plusSeconds(1))).isTrue();
    }

    @Test
    void filterTakesOneDynoOrAWholeType() {
        LogFilter type = new LogFilter(null, "web");
        assertThat(type.accepts(line("app", "web.1", ""))).isTrue();
        assertThat(type.accepts(line("heroku", "web.12", ""))).isTrue();
        assertThat(type.accepts(line("app", "webhook.1", ""))).isFalse();
        LogFilter dyno = new LogFilter(null, "web.1");
        assertThat(dyno.accepts(line("app", "web.1", ""))).isTrue();
        assertThat(dyno.accepts(line("app", "web.10", ""))).isFalse();
        assertThat(new LogFilter(null, "router").accepts(line("heroku", "router", "")))
                .isTrue();
        assertThat(new LogFilter("heroku", "web").accepts(line("app", "web.1", "")))
                .isFalse();
        assertThat(LogFilter.EVERYTHING.accepts(line("app", "x", ""))).isTrue();
    }

    @Test
    void lineIsShownWithMicrosecondsAndItsOffset() {
        assertThat(new NumberedLine(1, line("app", "web.1", "text")).display())
                .isEqualTo("2026-11-24T01:02:03.123456+00:00 app[web.1]: text");
        LogLine onTheSecond = new LogLine(APP, Instant.parse("2026-11-24T01:02:03Z"), "heroku", "api", "x");
        assertThat(NumberedLine.display(onTheSecond)).startsWith("2026-11-24T01:02:03.000000+00:00 heroku[api]: x");
    }

    @Test
    void textIsCutAtLineEndsAndTenThousandBytes() {
        assertThat(LogText.pieces("")).containsExactly("");
        assertThat(LogText.pieces("a\r\n")).containsExactly("a");
        assertThat(LogText.pieces("a\n\nb")).containsExactly("a", "", "b");
        assertThat(LogText.pieces("50%\r100%")).containsExactly("50%\r100%");
        assertThat(LogText.pieces("x".repeat(10_000))).hasSize(1);
        assertThat(LogText.pieces("x".repeat(10_001))).containsExactly("x".repeat(10_000), "x");
        for (String wide : List.of("é", "€", "😀")) {
            String text = "x" + wide.repeat(9_000);
            List<String> pieces = LogText.pieces(text);
            assertThat(String.join("", pieces)).isEqualTo(text);
            assertThat(pieces)
                    .allSatisfy(piece ->
                            assertThat(piece.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(10_000));
        }
    }

    private static LogLine line(String source, String process, String text) {
        return new LogLine(APP, NOW, source, process, text);
    }

    private static List<String> texts(List<NumberedLine> lines) {
        List<String> texts = new ArrayList<>();
        lines.forEach(line -> texts.add(line.line().text()));
        return texts;
    }
}
