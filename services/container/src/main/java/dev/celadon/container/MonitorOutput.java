package dev.celadon.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many bytes a container's monitor has written, by the kernel's account: more than its files ever showed means that
 * some were replaced before anybody read them. Blocks.
 */
final class MonitorOutput {
    private static final Logger log = LoggerFactory.getLogger(MonitorOutput.class);
    private static final String WRITTEN = "wchar: ";

    private final Path pidFile;
    private long last;

    MonitorOutput(Path pidFile) {
        this.pidFile = pidFile;
    }

    /** Of a monitor that has ended, what was seen last. */
    long bytes() {
        try {
            Path io = Path.of("/proc", Files.readString(pidFile).strip(), "io");
            Files.readAllLines(io).stream()
                    .filter(line -> line.startsWith(WRITTEN))
                    .findFirst()
                    .ifPresent(line -> last = Long.parseLong(line.substring(WRITTEN.length())));
        } catch (IOException gone) {
            log.atDebug().addKeyValue("monitor", pidFile).log("monitor-gone");
        }
        return last;
    }
}
