package dev.celadon.contract;

import java.util.UUID;

/** What every order to start a dyno says, whether the dyno is of the formation or a one-off. */
public interface DynoOrder {
    UUID dynoId();

    UUID appId();

    String appName();

    /** {@code web.1}, {@code run.7}. */
    String name();

    String slugSha256();

    /** As the Procfile has it or the user typed it, run by a shell. */
    String command();

    String stack();

    /** The app's own uid on every host. */
    int hostUid();

    int memoryMb();
}
