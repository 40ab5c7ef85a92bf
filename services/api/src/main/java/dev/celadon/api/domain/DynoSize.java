package dev.celadon.api.domain;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The sizes a dyno may have: memory in MiB, CPU as shares of the smallest. */
public enum DynoSize {
    ECO("eco", 512, 1),
    BASIC("basic", 512, 1),
    STANDARD_1X("standard-1X", 512, 1),
    STANDARD_2X("standard-2X", 1_024, 2),
    PERFORMANCE_M("performance-m", 2_560, 12),
    PERFORMANCE_L("performance-l", 14_336, 50);

    private final String word;
    private final int memoryMb;
    private final int compute;

    DynoSize(String word, int memoryMb, int compute) {
        this.word = word;
        this.memoryMb = memoryMb;
        this.compute = compute;
    }

    public String word() {
        return word;
    }

    public int memoryMb() {
        return memoryMb;
    }

    public int compute() {
        return compute;
    }

    /** Whatever its case; {@code 1X} and {@code 2X} are the older names. */
    public static Optional<DynoSize> of(String word) {
        String name = word.equalsIgnoreCase("1X") || word.equalsIgnoreCase("2X") ? "standard-" + word : word;
        return Arrays.stream(values())
                .filter(size -> size.word.equalsIgnoreCase(name))
                .findFirst();
    }

    public static String words() {
        return Arrays.stream(values()).map(DynoSize::word).collect(Collectors.joining(", "));
    }
}
