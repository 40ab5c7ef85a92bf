package dev.celadon.deploy;

import dev.celadon.container.ContainerHost;
import dev.celadon.runtime.Processes;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Ends every dyno of a stopped platform and takes away what it made on the host outside its directory. */
final class HostCleaning {
    private static final long LIMIT_SECONDS = 90;

    private HostCleaning() {}

    static void run(Settings settings) throws ExecutionException, InterruptedException, TimeoutException {
        if (!Files.exists(settings.dataDirectory().resolve("instance"))) {
            return;
        }
        Vertx vertx = Vertx.vertx();
        try (DirectoryLock lock = DirectoryLock.take(settings.dataDirectory())) {
            ContainerHost.prepare(
                            vertx,
                            new Processes(vertx, 8),
                            settings.dataDirectory(),
                            settings.instance().id(),
                            settings.containers())
                    .compose(ContainerHost::cleanHost)
                    .await(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (java.io.IOException unreadable) {
            throw new StartFailed(String.valueOf(unreadable.getMessage()));
        } finally {
            vertx.close().await(LIMIT_SECONDS, TimeUnit.SECONDS);
        }
    }
}
