package dev.celadon.manifold.terminal.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TerminalInputTest {
    @Test
    void eotAtTheEndEndsTheInputAndAnywhereElseIsInput() {
        PipedInput input = new PipedInput();
        assertThat(take(input, "a\u0004b")).isEqualTo("a\u0004b");
        assertThat(input.hasEnded()).isFalse();
        assertThat(take(input, "c\u0004")).isEqualTo("c");
        assertThat(input.hasEnded()).isTrue();
        assertThat(take(input, "d")).isEqualTo("\u0004d");
        assertThat(input.hasEnded()).isFalse();
        assertThat(take(input, "\u0004\u0004")).isEqualTo("\u0004");
        assertThat(take(input, "\u0004")).isEqualTo("\u0004");
        assertThat(take(input, "")).isEmpty();
        assertThat(input.hasEnded()).isTrue();
    }

    @Test
    void anEmptyInputIsEotAlone() {
        PipedInput input = new PipedInput();
        assertThat(take(input, "\u0004")).isEmpty();
        assertThat(input.hasEnded()).isTrue();
    }

    @Test
    void aSecretMayComeInPiecesAndIsKnownByItsHash() {
        String hash = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";
        for (String end : new String[] {"\r\n", "\n", "\r\nmore"}) {
            byte[] all = ("secret" + end).getBytes(StandardCharsets.US_ASCII);
            for (int cut = 0; cut <= "secret".length(); cut++) {
                SecretLine line = new SecretLine();
                assertThat(line.take(java.util.Arrays.copyOfRange(all, 0, cut))).isFalse();
                assertThat(line.take(java.util.Arrays.copyOfRange(all, cut, all.length)))
                        .isTrue();
                assertThat(line.hash()).isEqualTo(hash);
            }
        }
    }

    @Test
    void aClientThatNeverEndsItsLineSaysTooMuch() {
        SecretLine line = new SecretLine();
        assertThat(line.take(new byte[512])).isFalse();
        assertThat(line.isTooLong()).isFalse();
        assertThat(line.take(new byte[1])).isFalse();
        assertThat(line.isTooLong()).isTrue();
    }

    private static String take(PipedInput input, String text) {
        return new String(input.take(text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }
}
