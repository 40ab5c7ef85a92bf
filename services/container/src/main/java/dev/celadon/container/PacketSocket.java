package dev.celadon.container;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Local sockets that keep packets apart (SOCK_SEQPACKET), which Java has none of, through the C library. */
final class PacketSocket {
    private static final int AF_UNIX = 1;
    private static final int SOCK_SEQPACKET_CLOEXEC = 5 | 0x80000;
    private static final int MSG_DONTWAIT_NOSIGNAL = 0x40 | 0x4000;
    private static final int SHUT_WR = 1;
    private static final int SHUT_RDWR = 2;
    private static final int EAGAIN = 11;
    private static final int EINTR = 4;
    private static final int PATH_OFFSET = 2;
    private static final int LONGEST_PATH = 107;

    static {
        Native.register(PacketSocket.class, "c");
    }

    private PacketSocket() {}

    /** The file descriptor. */
    static int connect(String path) {
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        if (name.length > LONGEST_PATH) {
            throw new IllegalArgumentException(
                    "socket path: " + path + " (expected: at most " + LONGEST_PATH + " bytes)");
        }
        byte[] address = Arrays.copyOf(new byte[] {AF_UNIX, 0}, PATH_OFFSET + name.length + 1);
        System.arraycopy(name, 0, address, PATH_OFFSET, name.length);
        int socket = socket(AF_UNIX, SOCK_SEQPACKET_CLOEXEC, 0);
        try {
            connect(socket, address, address.length);
        } catch (LastErrorException refused) {
            close(socket);
            throw refused;
        }
        return socket;
    }

    /** Waits; 0 at the end. */
    static int receive(int socket, byte[] packet) {
        while (true) {
            try {
                return recv(socket, packet, new NativeLong(packet.length), 0).intValue();
            } catch (LastErrorException failed) {
                if (failed.getErrorCode() != EINTR) {
                    throw failed;
                }
            }
        }
    }

    /** Never waits: false when the other side takes nothing now. */
    static boolean trySend(int socket, byte[] packet) {
        try {
            send(socket, packet, new NativeLong(packet.length), MSG_DONTWAIT_NOSIGNAL);
            return true;
        } catch (LastErrorException failed) {
            if (failed.getErrorCode() == EAGAIN) {
                return false;
            }
            throw failed;
        }
    }

    static void endWriting(int socket) {
        quietly(socket, SHUT_WR);
    }

    /** Wakes whoever waits in {@link #receive}. */
    static void shutdown(int socket) {
        quietly(socket, SHUT_RDWR);
    }

    private static void quietly(int socket, int how) {
        try {
            shutdown(socket, how);
        } catch (LastErrorException gone) {
            // The other side went first.
        }
    }

    static native int close(int socket) throws LastErrorException;

    private static native int socket(int domain, int type, int protocol) throws LastErrorException;

    private static native int connect(int socket, byte[] address, int length) throws LastErrorException;

    private static native int shutdown(int socket, int how) throws LastErrorException;

    private static native NativeLong recv(int socket, byte[] buffer, NativeLong length, int flags)
            throws LastErrorException;

    private static native NativeLong send(int socket, byte[] buffer, NativeLong length, int flags)
            throws LastErrorException;
}
