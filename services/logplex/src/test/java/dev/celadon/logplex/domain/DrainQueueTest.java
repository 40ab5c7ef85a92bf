package dev.celadon.logplex.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.contract.LogLine;
import dev.celadon.logplex.domain.DrainQueue.Frame;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DrainQueueTest {
    private static final UUID APP = UUID.randomUUID();
    private static final Instant NOW = Instant.parse("2026-11-24T01:02:03.123456Z");
    private static final Pattern MESSAGE =
            Pattern.compile("(?:L10 \\(output buffer overflow\\): (\\d+) messages dropped since)|(?:line (\\d+))");

    private final AtomicInteger frames = new AtomicInteger();
    private final DrainQueue queue = queue(5, 2, 1_000);

    private DrainQueue queue(int messages, int shrunk, int frameBytes) {
        DrainQueue.Limits limits = new DrainQueue.Limits(
                messages, shrunk, frameBytes, Duration.ofMinutes(5), Duration.ofSeconds(1), Duration.ofMinutes(1));
        return new DrainQueue(APP, "host", limits, () -> "frame-" + frames.incrementAndGet(), () -> 1.0);
    }

    @Test
    void linesThatWaitLeaveTogetherInOrder() {
        offer(1, 2, 3);
        Frame frame = queue.next(NOW).orElseThrow();
        assertThat(texts(frame)).containsExactly("line 1", "line 2", "line 3");
        assertThat(frame.messages()).isEqualTo(3);
        assertThat(frame.id()).isEqualTo("frame-1");
    }

    @Test
    void nothingMoreLeavesBeforeTheFrameUnderWayIsDelivered() {
        offer(1);
        assertThat(queue.next(NOW)).isPresent();
        offer(2);
        assertThat(queue.next(NOW)).isEmpty();
        queue.delivered(NOW);
        assertThat(texts(queue.next(NOW).orElseThrow())).containsExactly("line 2");
        queue.delivered(NOW);
        assertThat(queue.next(NOW)).isEmpty();
        assertThat(queue.isIdle()).isTrue();
    }

    @Test
    void aFrameIsNotLongerThanItMayBeUnlessOneMessageIs() {
        DrainQueue small = queue(10, 2, 200);
        for (int number = 1; number <= 4; number++) {
            small.offer(line("line " + number), NOW);
        }
        small.offer(line("line 5" + "x".repeat(300)), NOW);
        List<Integer> counts = new ArrayList<>();
        for (var frame = small.next(NOW); frame.isPresent(); frame = small.next(NOW)) {
            counts.add(frame.get().messages());
            assertThat(frame.get().body().remaining() <= 200 || frame.get().messages() == 1)
                    .isTrue();
            small.delivered(NOW);
        }
        assertThat(counts).containsExactly(2, 2, 1);
    }

    @Test
    void aFailedFrameIsTriedAgainUnderTheSameIdAfterAGrowingWait() {
        offer(1);
        Instant time = NOW;
        Frame first = queue.next(time).orElseThrow();
        for (long seconds : new long[] {1, 2, 4, 8, 16, 32, 60, 60}) {
            queue.failed(time);
            Instant again = time.plusSeconds(seconds);
            assertThat(queue.retryAt(time)).contains(again);
            assertThat(queue.next(again.minusMillis(1))).isEmpty();
            assertThat(queue.next(again)).contains(first);
            time = again;
        }
        queue.delivered(time);
        offer(2);
        assertThat(queue.next(time).orElseThrow().id()).isNotEqualTo(first.id());
    }

    @Test
    void theOldestAreLostAndToldBeforeWhatSurvived() {
        offer(1);
        assertThat(queue.next(NOW)).isPresent();
        offer(2, 3, 4, 5, 6, 7, 8);
        queue.delivered(NOW);
        Frame frame = queue.next(NOW).orElseThrow();
        assertThat(text(frame))
                .contains("<172>1 2026-11-24T01:02:03.123456+00:00 host heroku logplex - Error L10 (output buffer"
                        + " overflow): 2 messages dropped since 2026-11-24T01:02:03.123456Z.");
        assertThat(texts(frame)).containsExactly("lost 2", "line 4", "line 5", "line 6", "line 7", "line 8");
        assertThat(frame.messages()).isEqualTo(6);
        assertThat(queue.takeReport().orElseThrow().count()).isEqualTo(2);
        assertThat(queue.takeReport()).isEmpty();
    }

    @Test
    void afterFiveMinutesOfFailingOnlyTheNewestFewAreKeptUntilItTakesThemAgain() {
        offer(1, 2, 3);
        assertThat(queue.next(NOW)).isPresent();
        queue.failed(NOW);
        offer(4, 5, 6, 7);
        Instant late = NOW.plus(Duration.ofMinutes(5));
        assertThat(queue.next(late)).isPresent();
        queue.failed(late);
        Instant later = late.plusSeconds(60);
        Frame few = queue.next(later).orElseThrow();
        assertThat(texts(few)).containsExactly("lost 5", "line 6", "line 7");
        queue.delivered(later);
        offer(8, 9, 10, 11, 12);
        assertThat(texts(queue.next(later).orElseThrow()))
                .containsExactly("line 8", "line 9", "line 10", "line 11", "line 12");
    }

    @Test
    void aRefusedFrameIsLostAndToldAndDoesNotHoldUpTheNext() {
        offer(1, 2);
        assertThat(queue.next(NOW)).isPresent();
        offer(3);
        queue.refused(NOW);
        assertThat(queue.next(NOW)).isEmpty();
        Instant later = NOW.plusSeconds(1);
        Frame told = queue.next(later).orElseThrow();
        assertThat(texts(told)).containsExactly("lost 2", "line 3");
        queue.refused(later);
        assertThat(texts(queue.next(later.plusSeconds(2)).orElseThrow())).containsExactly("lost 3");
    }

    @Test
    void aDrainIsNotToldWhatTheAppsLogSaysOfDrains() {
        queue.offer(new LogLine(APP, NOW, "heroku", "logplex", "Error L10 (output buffer overflow): 1 …"), NOW);
        assertThat(queue.isIdle()).isTrue();
        queue.offer(new LogLine(APP, NOW, "heroku", "logplex", "Error L12 (local buffer overflow): 1 …"), NOW);
        assertThat(queue.isIdle()).isFalse();
    }

    /** Against the one rule: what is missing from the stream is told right there, neither more nor less. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void whateverHappensEveryLineIsDeliveredOnceOrToldAsLostInItsPlace(long seed) {
        Random random = new Random(seed);
        DrainQueue any = queue(1 + random.nextInt(20), 1 + random.nextInt(5), 100 + random.nextInt(500));
        Instant time = NOW;
        int offered = 0;
        int reported = 0;
        List<String> stream = new ArrayList<>();
        for (int step = 0; step < 3_000; step++) {
            time = time.plusSeconds(random.nextInt(30));
            int lines = random.nextInt(4);
            for (int i = 0; i < lines; i++) {
                any.offer(line("line " + ++offered), time);
            }
            var frame = any.next(time);
            if (frame.isPresent()) {
                int outcome = random.nextInt(step / 500 % 2 == 0 ? 3 : 30);
                if (outcome == 0) {
                    stream.addAll(texts(frame.get()));
                    any.delivered(time);
                } else if (outcome == 1) {
                    any.refused(time);
                } else {
                    any.failed(time);
                }
            }
            reported += any.takeReport().map(loss -> (int) loss.count()).orElse(0);
        }
        while (!any.isIdle()) {
            time = time.plusSeconds(60);
            stream.addAll(texts(any.next(time).orElseThrow()));
            any.delivered(time);
        }
        int last = 0;
        int lost = 0;
        for (String each : stream) {
            int number = Integer.parseInt(each.substring(5));
            if (each.startsWith("lost")) {
                last += number;
                lost += number;
            } else {
                assertThat(number).isEqualTo(++last);
            }
        }
        assertThat(last).isEqualTo(offered);
        assertThat(lost).isPositive();
        assertThat(reported).isEqualTo(lost);
    }

    private void offer(int... numbers) {
        for (int number : numbers) {
            queue.offer(line("line " + number), NOW);
        }
    }

    private static LogLine line(String text) {
        return new LogLine(APP, NOW, "app", "web.1", text);
    }

    private static String text(Frame frame) {
        return StandardCharsets.UTF_8.decode(frame.body().duplicate()).toString();
    }

    private static List<String> texts(Frame frame) {
        List<String> texts = new ArrayList<>();
        Matcher found = MESSAGE.matcher(text(frame));
        while (found.find()) {
            texts.add(found.group(1) == null ? "line " + found.group(2) : "lost " + found.group(1));
        }
        return texts;
    }
}
