package dev.celadon.router.testing;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** One end of a connection that says and hears bytes, nothing else. Texts are Latin-1. */
public final class Raw implements Closeable {
    private static final int PATIENCE_MILLIS = 5_000;

    private final Socket socket;
    private final StringBuilder heard = new StringBuilder();
    private boolean isEnded;
    private boolean isReset;

    public Raw(Socket socket) {
        this.socket = socket;
        try {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    public static Raw connect(int port) {
        try {
            return new Raw(new Socket(InetAddress.getLoopbackAddress(), port));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    public Raw say(String text) {
        return say(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public Raw say(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return this;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Everything heard so far and not yet taken, up to and with {@code mark}; it is taken. */
    public String hear(String mark) {
        while (heard.indexOf(mark) < 0 && read()) {}
        int at = heard.indexOf(mark);
        if (at < 0) {
            throw new AssertionError("no <" + mark + "> in <" + heard + ">" + (isReset ? " (reset)" : ""));
        }
        return take(at + mark.length());
    }

    public String hear(int bytes) {
        while (heard.length() < bytes && read()) {}
        if (heard.length() < bytes) {
            throw new AssertionError("only <" + heard + ">");
        }
        return take(bytes);
    }

    /** Up to and with the empty line of a head. */
    public String head() {
        return hear("\r\n\r\n");
    }

    /** Everything until the other side ends. */
    public String rest() {
        while (read()) {}
        return take(heard.length());
    }

    /** Waits for the end: a reset is one, too. */
    public boolean ends() {
        while (read()) {}
        return isEnded;
    }

    public boolean isReset() {
        return isReset;
    }

    public boolean isSilent(int millis) {
        try {
            socket.setSoTimeout(millis);
            int c = socket.getInputStream().read();
            if (c >= 0) {
                heard.append((char) c);
            }
            return false;
        } catch (SocketTimeoutException silent) {
            return true;
        } catch (IOException broken) {
            return false;
        } finally {
            restorePatience();
        }
    }

    private void restorePatience() {
        try {
            socket.setSoTimeout(PATIENCE_MILLIS);
        } catch (IOException closed) {
            isEnded = true;
        }
    }

    private String take(int length) {
        String taken = heard.substring(0, length);
        heard.delete(0, length);
        return taken;
    }

    private boolean read() {
        if (isEnded) {
            return false;
        }
        byte[] bytes = new byte[64 * 1024];
        try {
            int count = socket.getInputStream().read(bytes);
            if (count < 0) {
                isEnded = true;
                return false;
            }
            heard.append(new String(bytes, 0, count, StandardCharsets.ISO_8859_1));
            return true;
        } catch (SocketTimeoutException silent) {
            throw new AssertionError("silent after <" + heard + ">");
        } catch (IOException reset) {
            isEnded = true;
            isReset = true;
            return false;
        }
    }

    public Raw endOutput() {
        try {
            socket.shutdownOutput();
            return this;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** As a process that dies does. */
    public void reset() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
