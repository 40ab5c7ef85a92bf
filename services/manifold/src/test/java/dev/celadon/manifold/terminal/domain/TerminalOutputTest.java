package dev.celadon.manifold.terminal.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TerminalOutputTest {
    private static final String MARKER = "\uFFFF heroku-command-exit-status: ";

    @Test
    void howeverOutputComesCarriageReturnsAndMarkersStayWhole() {
        for (String text : List.of(
                "a\r\nb\r\n" + MARKER + "42\r\nrest",
                "abc" + MARKER + "7\n",
                MARKER + "0\r\n",
                "\uFFFF heroku\r\n\uFFFF" + MARKER + "255\r\n\r\r\n",
                "\uFFFE\uFFFFö\r\n" + MARKER + "x\r\n")) {
            byte[] all = text.getBytes(StandardCharsets.UTF_8);
            for (int first = 0; first <= all.length; first++) {
                for (int second = first; second <= all.length; second++) {
                    check(
                            all,
                            List.of(
                                    Arrays.copyOfRange(all, 0, first),
                                    Arrays.copyOfRange(all, first, second),
                                    Arrays.copyOfRange(all, second, all.length)));
                }
            }
        }
    }

    @Test
    void aLongStreamInPiecesOfAnySizeLosesNothing() {
        Random random = new Random(7);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 3_000; i++) {
            text.append(i % 7 == 0 ? "\r" : "line " + i + "\r\n");
        }
        byte[] all = text.append(MARKER).append("3\r\n").toString().getBytes(StandardCharsets.UTF_8);
        for (int round = 0; round < 50; round++) {
            List<byte[]> pieces = new ArrayList<>();
            for (int at = 0; at < all.length; ) {
                int end = Math.min(all.length, at + 1 + random.nextInt(400));
                pieces.add(Arrays.copyOfRange(all, at, end));
                at = end;
            }
            check(all, pieces);
        }
    }

    @Test
    void aMarkerIsAPieceOfItsOwn() {
        TerminalOutput output = new TerminalOutput();
        assertThat(texts(output.take(bytes("abc" + MARKER + "9\r\nafter"))))
                .containsExactly("abc", MARKER + "9\r\n", "after");
        assertThat(output.hasMarker()).isTrue();
    }

    @Test
    void whatIsHeldBackIsReleasedWhenNothingFollows() {
        TerminalOutput output = new TerminalOutput();
        assertThat(texts(output.take(bytes("50%\r")))).containsExactly("50%");
        assertThat(output.isHolding()).isTrue();
        assertThat(texts(output.release())).containsExactly("\r");
        assertThat(output.isHolding()).isFalse();
        assertThat(output.release()).isEmpty();
        assertThat(texts(output.take(bytes("\n")))).containsExactly("\n");
    }

    @Test
    void onlyACommandThatAsksForItsStatusGetsTheMarker() {
        assertThat(ExitMarker.isWanted("exit 3 ; echo \"" + MARKER + "$?\"")).isTrue();
        assertThat(ExitMarker.isWanted("echo \"" + MARKER + "$?\"; true")).isFalse();
        assertThat(ExitMarker.isWanted("bash")).isFalse();
        assertThat(new String(ExitMarker.of(130), StandardCharsets.UTF_8)).isEqualTo(MARKER + "130\n");
    }

    private static void check(byte[] all, List<byte[]> input) {
        TerminalOutput output = new TerminalOutput(64);
        List<byte[]> sent = new ArrayList<>();
        input.forEach(piece -> sent.addAll(output.take(piece)));
        sent.addAll(output.release());
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        sent.forEach(joined::writeBytes);
        assertThat(joined.toByteArray()).isEqualTo(all);
        for (int i = 0; i < sent.size(); i++) {
            byte[] piece = sent.get(i);
            assertThat(piece.length).isBetween(1, 64);
            boolean isCut = i + 1 < sent.size() && piece[piece.length - 1] == '\r' && sent.get(i + 1)[0] == '\n';
            assertThat(isCut).as(() -> "cut in " + texts(sent)).isFalse();
        }
        String text = new String(all, StandardCharsets.UTF_8);
        long whole = texts(sent).stream()
                .filter(piece -> piece.matches("(?s)" + MARKER + "\\d+\r?\n"))
                .count();
        long there = text.split(MARKER + "\\d+\r?\n", -1).length - 1L;
        assertThat(whole).as(() -> "markers in " + texts(sent)).isEqualTo(there);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> texts(List<byte[]> pieces) {
        return pieces.stream()
                .map(piece -> new String(piece, StandardCharsets.UTF_8))
                .toList();
    }
}
