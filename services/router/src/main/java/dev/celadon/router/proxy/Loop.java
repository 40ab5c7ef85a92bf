package dev.celadon.router.proxy;

import dev.celadon.contract.DynoSuspect;
import dev.celadon.router.domain.ByteWriter;
import dev.celadon.router.domain.Choice;
import dev.celadon.router.domain.Deadlines;
import dev.celadon.router.domain.Policy;
import dev.celadon.router.domain.RequestHead;
import dev.celadon.router.domain.RequestIds;
import dev.celadon.router.domain.ResponseHead;
import dev.celadon.router.domain.Table;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the connections of one event loop share: the tools of a request, the clock, the pool, and who waits. */
public final class Loop {
    /** Few enough to be still in the processor's cache. */
    private static final int FLUSHED_TOGETHER = 32;

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    final EventLoop eventLoop;
    final Policy policy;
    final Table table;
    final AccessLog accessLog;
    final Consumer<DynoSuspect> suspects;
    final Consumer<UUID> wakes;
    final Challenges challenges;
    final Deadlines deadlines;
    final Choice choice;
    final RequestIds ids;
    final DynoPool pool;
    final Waiting waiting = new Waiting();
    final RequestHead request = new RequestHead();
    final ResponseHead response = new ResponseHead();
    final ByteWriter out = new ByteWriter();
    private final ReadSizes readSizes = new ReadSizes(this::mostToRead);
    private final Clock clock;
    /** Of a response on its way from HTTP/1.1 to HTTP/2. */
    final ResponseHead translated = new ResponseHead();

    private final Set<Client> clients = new HashSet<>();
    private final ArrayDeque<Connection> written = new ArrayDeque<>();
    private byte[] scratch = new byte[16 * 1024];
    private long nowNanos = System.nanoTime();
    private long wallNanos;
    private long wallMillis;
    private long buffered;
    private boolean isDraining;
    private @Nullable ScheduledFuture<?> ticking;

    /** A connection of a client, or a stream in one. */
    interface Client {
        /** Takes nothing new, and is gone when it has answered what it took. */
        void closeIfIdle();

        void forceClose();
    }

    /**
     * @param suspects is told of dynos that do not take a connection
     * @param wakes is told of idle apps that a request waits for
     */
    public Loop(
            EventLoop eventLoop,
            Connector connector,
            Policy policy,
            Table table,
            AccessLog accessLog,
            Consumer<DynoSuspect> suspects,
            Consumer<UUID> wakes,
            Challenges challenges,
            Clock clock,
            long seed) {
        this.eventLoop = eventLoop;
        this.policy = policy;
        this.table = table;
        this.accessLog = accessLog;
        this.suspects = suspects;
        this.wakes = wakes;
        this.challenges = challenges;
        this.clock = clock;
        this.deadlines = new Deadlines(TICK_NANOS, nowNanos);
        SplittableRandom random = new SplittableRandom(seed);
        this.choice = new Choice(random, policy.perDyno());
        this.ids = new RequestIds(random);
        this.pool = new DynoPool(this, connector);
    }

    public void start() {
        ticking = eventLoop.scheduleAtFixedRate(this::tick, TICK_NANOS, TICK_NANOS, TimeUnit.NANOSECONDS);
    }

    private void tick() {
        nowNanos = System.nanoTime();
        deadlines.advance(nowNanos);
        pool.sweep(nowNanos);
    }

    /** The time of the last tick: near enough for idle limits, and free. */
    long nowNanos() {
        return nowNanos;
    }

    long wallMillis(long nanos) {
        if (wallMillis == 0 || nanos - wallNanos > TimeUnit.SECONDS.toNanos(1)) {
            wallMillis = clock.millis();
            wallNanos = nanos;
        }
        return wallMillis + (nanos - wallNanos) / 1_000_000;
    }

    /**
     * What was written while the loop handled its events leaves behind the last of them, with one call per connection:
     * whom it wakes then finds more than one thing to do.
     */
    void willFlush(Connection connection) {
        if (written.isEmpty()) {
            eventLoop.execute(this::flush);
        }
        written.add(connection);
        if (written.size() >= FLUSHED_TOGETHER) {
            flush();
        }
    }

    /** For who must know now what a peer takes. */
    void flush() {
        for (Connection connection = written.poll(); connection != null; connection = written.poll()) {
            connection.flushWritten();
        }
    }

    /** The readable bytes, at most {@code most} of them, in an array that lasts until the next call. */
    byte[] bytes(ByteBuf in, int most) {
        int size = Math.min(in.readableBytes(), most);
        if (scratch.length < size) {
            scratch = new byte[Math.max(size, scratch.length * 2)];
        }
        in.getBytes(in.readerIndex(), scratch, 0, size);
        return scratch;
    }

    /** @return false when there is not even room to tell it that there is no room */
    boolean enter(Client client) {
        clients.add(client);
        return clients.size() <= policy.connections() * 2L;
    }

    void leave(Client client) {
        clients.remove(client);
    }

    boolean isCrowded() {
        return clients.size() > policy.connections();
    }

    /** Sets how a new connection reads. */
    public void prepare(Channel channel) {
        channel.config().setRecvByteBufAllocator(readSizes);
    }

    private int mostToRead() {
        return isFull() ? Connector.LOW_WATER : ReadSizes.MOST_BYTES;
    }

    /** What a dyno may be ahead of its client. */
    long allowance() {
        return isFull() ? Connector.LOW_WATER : policy.responseBuffer();
    }

    private boolean isFull() {
        return buffered >= policy.loopBuffers();
    }

    void buffer(long change) {
        buffered += change;
    }

    public int connections() {
        return clients.size();
    }

    /** Called on the event loop: requests that wait for a dyno of these apps look again. */
    public void changed(Iterable<UUID> apps) {
        apps.forEach(waiting::wake);
    }

    boolean isDraining() {
        return isDraining;
    }

    /** Idle clients are told to go; the others go when they are answered. */
    public void drain() {
        isDraining = true;
        List.copyOf(clients).forEach(Client::closeIfIdle);
    }

    /** What is still in flight ends with H24. */
    public void stop() {
        flush();
        List.copyOf(clients).forEach(Client::forceClose);
        pool.close();
        ScheduledFuture<?> own = ticking;
        if (own != null) {
            own.cancel(false);
        }
    }
}
