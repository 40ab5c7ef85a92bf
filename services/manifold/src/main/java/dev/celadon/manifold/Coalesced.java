package dev.celadon.manifold;

import io.vertx.core.Future;
import java.util.function.Supplier;

/** Work that is done one at a time: what is asked for during it is done once more after it. For one event loop. */
public final class Coalesced {
    private final Supplier<Future<?>> work;
    private boolean isWorking;
    private boolean isWanted;

    public Coalesced(Supplier<Future<?>> work) {
        this.work = work;
    }

    public void ask() {
        isWanted = true;
        if (isWorking) {
            return;
        }
        isWorking = true;
        isWanted = false;
        work.get().onComplete(done -> {
            isWorking = false;
            if (isWanted) {
                ask();
            }
        });
    }
}
