package dev.celadon.container;

import java.util.BitSet;

/** Which addresses of the host's container network are taken. */
final class Slots {
    private final BitSet taken = new BitSet();
    private final Subnet subnet;

    Slots(Subnet subnet) {
        this.subnet = subnet;
    }

    /** @throws ContainerUnavailable when no address is left */
    synchronized int take() {
        int slot = taken.nextClearBit(Subnet.FIRST_SLOT);
        if (slot > Subnet.LAST_SLOT) {
            throw new ContainerUnavailable("no address is left in the container network " + subnet.address(0) + "/20");
        }
        taken.set(slot);
        return slot;
    }

    synchronized void mark(int slot) {
        taken.set(slot);
    }

    synchronized void free(int slot) {
        taken.clear(slot);
    }

    String address(int slot) {
        return subnet.address(slot);
    }
}
