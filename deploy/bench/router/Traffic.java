import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * What wrk and nginx cannot, or not cheaply enough: `origin PORT` is a server that echoes what comes after an upgrade,
 * answers `/10m` with as much in chunks out of one buffer, and anything else never;
 * `echo PORT CONNECTIONS SECONDS` sends it WebSocket frames and counts those that come back; `polls PORT COUNT` asks and
 * waits until its own input ends.
 */
public final class Traffic {
    private static final int FRAME_BYTES = 70;
    /** The handshake of RFC 6455 section 1.3, which HAProxy checks. */
    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
    private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    private static final int CHUNK_BYTES = 32 * 1024;
    private static final int STREAM_CHUNKS = 320;
    private static final ByteBuf CHUNK = Unpooled.directBuffer()
            .writeBytes("8000\r\n".getBytes(StandardCharsets.US_ASCII))
            .writeZero(CHUNK_BYTES)
            .writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
    private static final EventLoopGroup LOOP = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private static long echoes;
    private static int open;

    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[1]);
        switch (arguments[0]) {
            case "origin" -> listen(port);
            case "echo" -> {
                int connections = Integer.parseInt(arguments[2]);
                int seconds = Integer.parseInt(arguments[3]);
                connect(port, connections, true);
                long before = LOOP.submit(() -> echoes).get();
                Thread.sleep(seconds * 1_000L);
                System.out.println((LOOP.submit(() -> echoes).get() - before) / seconds);
                System.exit(0);
            }
            default -> {
                connect(port, Integer.parseInt(arguments[2]), false);
                System.out.println("open");
                while (System.in.read() >= 0) {}
                System.exit(0);
            }
        }
    }

    private static void listen(int port) throws InterruptedException {
        new ServerBootstrap()
                .group(LOOP)
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 4_096)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(256 * 1024, 512 * 1024))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Connection() {
                            private int unsent;

                            @Override
                            void head(ChannelHandlerContext context, String head) {
                                if (head.startsWith("GET /10m ")) {
                                    say(context, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                                    unsent = STREAM_CHUNKS;
                                    stream(context);
                                } else if (head.toLowerCase().contains("\r\nupgrade:")) {
                                    say(
                                            context,
                                            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                                    + "Sec-WebSocket-Accept: " + ACCEPT + "\r\n\r\n");
                                }
                            }

                            @Override
                            void bytes(ChannelHandlerContext context, ByteBuf bytes) {
                                context.write(bytes);
                            }

                            @Override
                            public void channelWritabilityChanged(ChannelHandlerContext context) {
                                if (unsent > 0 && context.channel().isWritable()) {
                                    stream(context);
                                }
                            }

                            private void stream(ChannelHandlerContext context) {
                                while (unsent > 0 && context.channel().isWritable()) {
                                    unsent--;
                                    context.write(CHUNK.retainedDuplicate());
                                }
                                if (unsent == 0) {
                                    context.write(ByteBufUtil.writeAscii(context.alloc(), "0\r\n\r\n"));
                                    listenAgain();
                                }
                                context.flush();
                            }
                        });
                    }
                })
                .bind("127.0.0.1", port)
                .sync();
        System.out.println("ready");
    }

    /** Returns when all are there: upgraded, or asked. */
    private static void connect(int port, int count, boolean isUpgrade) throws InterruptedException {
        String ask = "GET /poll HTTP/1.1\r\nHost: echo.localhost\r\n"
                + (isUpgrade
                        ? "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                                + "Sec-WebSocket-Key: " + KEY + "\r\n"
                        : "")
                + "\r\n";
        Bootstrap bootstrap = new Bootstrap().group(LOOP).channel(EpollSocketChannel.class);
        for (int i = 0; i < count; i++) {
            bootstrap
                    .clone()
                    .handler(new Connection() {
                        private int heard;

                        @Override
                        public void channelActive(ChannelHandlerContext context) {
                            say(context, ask);
                            open += isUpgrade ? 0 : 1;
                        }

                        @Override
                        void head(ChannelHandlerContext context, String head) {
                            if (!head.startsWith("HTTP/1.1 101 ")) {
                                System.err.println("no upgrade: " + head);
                                System.exit(1);
                            }
                            open++;
                            say(context, "x".repeat(FRAME_BYTES));
                        }

                        @Override
                        void bytes(ChannelHandlerContext context, ByteBuf bytes) {
                            heard += bytes.readableBytes();
                            bytes.release();
                            for (; heard >= FRAME_BYTES; heard -= FRAME_BYTES) {
                                echoes++;
                                say(context, "x".repeat(FRAME_BYTES));
                            }
                        }
                    })
                    .connect("127.0.0.1", port)
                    .sync();
        }
        while (LOOP.submit(() -> open).awaitUninterruptibly().getNow() < count) {
            Thread.sleep(50);
        }
    }

    private abstract static class Connection extends ChannelInboundHandlerAdapter {
        private ByteBuf head = Unpooled.buffer();

        void listenAgain() {
            head = Unpooled.buffer();
        }

        abstract void head(ChannelHandlerContext context, String head);

        abstract void bytes(ChannelHandlerContext context, ByteBuf bytes);

        static void say(ChannelHandlerContext context, String text) {
            context.writeAndFlush(ByteBufUtil.writeAscii(context.alloc(), text));
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            if (head == null) {
                bytes(context, bytes);
                return;
            }
            head.writeBytes(bytes);
            bytes.release();
            String text = head.toString(StandardCharsets.US_ASCII);
            if (text.endsWith("\r\n\r\n")) {
                head = null;
                head(context, text);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // A download that is over when its time is breaks its connection off.
            if (!(cause instanceof IOException)) {
                System.err.println(cause);
            }
            context.close();
        }
    }
}
