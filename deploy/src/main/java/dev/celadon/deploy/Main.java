package dev.celadon.deploy;

import dev.celadon.runtime.Environment;
import dev.celadon.runtime.InvalidSettings;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** {@code celadon up | clean | settings}: what the launcher calls. */
public final class Main {
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private Main() {}

    public static void main(String[] arguments) throws InterruptedException {
        String verb = arguments.length == 0 ? "up" : arguments[0];
        System.exit(
                switch (verb) {
                    case "up" -> up(new Environment(System.getenv()));
                    case "clean" -> clean(new Environment(System.getenv()));
                    case "settings" -> settings();
                    default -> usage(verb);
                });
    }

    private static int up(Environment environment) throws InterruptedException {
        try {
            Celadon celadon = Celadon.configure(environment);
            CountDownLatch stopped = new CountDownLatch(1);
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(
                            () -> {
                                celadon.stop();
                                stopped.countDown();
                            },
                            "shutdown"));
            celadon.start();
            stopped.await();
            return 0;
        } catch (InvalidSettings | StartFailed told) {
            System.err.println("celadon: " + told.getMessage());
            return FAILED;
        }
    }

    private static int clean(Environment environment) throws InterruptedException {
        try {
            HostCleaning.run(Settings.from(environment));
            return 0;
        } catch (StartFailed | ExecutionException | TimeoutException told) {
            System.err.println("celadon: " + told.getMessage());
            return FAILED;
        }
    }

    private static int settings() {
        Environment environment = new Environment(Map.of());
        Settings.from(environment);
        System.out.print(SettingsTable.of(environment));
        return 0;
    }

    private static int usage(String verb) {
        System.err.println("celadon: " + verb + " (expected: up, clean or settings)");
        return USAGE;
    }
}
