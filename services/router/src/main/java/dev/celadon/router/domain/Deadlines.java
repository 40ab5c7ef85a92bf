package dev.celadon.router.domain;

import org.jspecify.annotations.Nullable;

/**
 * A wheel of deadlines: each {@link Entry} lies in the slot of its time, to the next tick. Moving a deadline further
 * away, which every byte does, writes one field; the entry moves when its old slot comes by. State of one event loop.
 */
public final class Deadlines {
    private static final int SLOTS = 512;

    private final long tickNanos;
    private final @Nullable Entry[] slots = new @Nullable Entry[SLOTS];
    private long tick;

    /** Something with a deadline. */
    public abstract static class Entry {
        private long deadlineNanos = Long.MAX_VALUE;
        private long slotTick = -1;
        private @Nullable Entry before;
        private @Nullable Entry after;

        /** Its time has come. It has no deadline now, and may take a new one. */
        protected abstract void expired(long nowNanos);
    }

    public Deadlines(long tickNanos, long nowNanos) {
        this.tickNanos = tickNanos;
        this.tick = Math.floorDiv(nowNanos, tickNanos);
    }

    public void set(Entry entry, long deadlineNanos) {
        entry.deadlineNanos = deadlineNanos;
        long wanted = tickOf(deadlineNanos);
        if (entry.slotTick < 0) {
            insert(entry, wanted);
        } else if (wanted < entry.slotTick) {
            unlink(entry);
            insert(entry, wanted);
        }
    }

    /** Its slot forgets it when it comes by. */
    public void clear(Entry entry) {
        entry.deadlineNanos = Long.MAX_VALUE;
    }

    public void remove(Entry entry) {
        entry.deadlineNanos = Long.MAX_VALUE;
        if (entry.slotTick >= 0) {
            unlink(entry);
        }
    }

    /** Lets everything expire whose time has come. */
    public void advance(long nowNanos) {
        long now = Math.floorDiv(nowNanos, tickNanos);
        while (tick < now) {
            tick++;
            turn(nowNanos);
        }
    }

    private void turn(long nowNanos) {
        int slot = (int) (tick & (SLOTS - 1));
        // Whatever this turn puts in goes to another slot, so the loop ends.
        for (Entry entry = slots[slot]; entry != null; entry = slots[slot]) {
            unlink(entry);
            if (entry.deadlineNanos == Long.MAX_VALUE) {
                continue;
            }
            if (entry.deadlineNanos - nowNanos > 0) {
                insert(entry, tickOf(entry.deadlineNanos));
            } else {
                entry.deadlineNanos = Long.MAX_VALUE;
                entry.expired(nowNanos);
            }
        }
    }

    private long tickOf(long nanos) {
        return -Math.floorDiv(-nanos, tickNanos);
    }

    /** Further away than the wheel is round: it waits one round and is looked at again. */
    private void insert(Entry entry, long wanted) {
        entry.slotTick = Math.max(tick + 1, Math.min(wanted, tick + SLOTS - 1));
        int slot = (int) (entry.slotTick & (SLOTS - 1));
        Entry head = slots[slot];
        entry.before = null;
        entry.after = head;
        if (head != null) {
            head.before = entry;
        }
        slots[slot] = entry;
    }

    private void unlink(Entry entry) {
        Entry before = entry.before;
        Entry after = entry.after;
        if (before == null) {
            slots[(int) (entry.slotTick & (SLOTS - 1))] = after;
        } else {
            before.after = after;
        }
        if (after != null) {
            after.before = before;
        }
        entry.before = null;
        entry.after = null;
        entry.slotTick = -1;
    }
}
