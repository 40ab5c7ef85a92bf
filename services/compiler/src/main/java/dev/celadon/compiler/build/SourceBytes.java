package dev.celadon.compiler.build;

import dev.celadon.compiler.domain.BuildRejected;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** The bytes of a source archive, unzipped when it is zipped, up to a limit: a small file may hide a huge one. */
final class SourceBytes extends FilterInputStream {
    private static final String BROKEN = "source is no gzip archive, or not all of one";
    private static final int BUFFER = 64 * 1024;
    private static final int GZIP_FIRST = 0x1f;
    private static final int GZIP_SECOND = 0x8b;

    private final long limitBytes;
    private long passed;

    private SourceBytes(InputStream in, long limitBytes) {
        super(in);
        this.limitBytes = limitBytes;
    }

    static InputStream open(Path archive, long limitBytes) throws IOException {
        BufferedInputStream file = new BufferedInputStream(Files.newInputStream(archive), BUFFER);
        file.mark(2);
        boolean isZipped = file.read() == GZIP_FIRST && file.read() == GZIP_SECOND;
        file.reset();
        try {
            return new SourceBytes(isZipped ? new GZIPInputStream(file, BUFFER) : file, limitBytes);
        } catch (ZipException | EOFException broken) {
            file.close();
            throw new BuildRejected(BROKEN);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** @throws BuildRejected past the limit, and when the zipped bytes are broken */
    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count;
        try {
            count = super.read(target, offset, length);
        } catch (ZipException | EOFException broken) {
            throw new BuildRejected(BROKEN);
        }
        passed += Math.max(count, 0);
        if (passed > limitBytes) {
            throw ResponseFile.tooLarge(limitBytes);
        }
        return count;
    }

    @Override
    public long skip(long bytes) throws IOException {
        long left = bytes;
        byte[] dropped = new byte[BUFFER];
        while (left > 0) {
            int count = read(dropped, 0, (int) Math.min(left, BUFFER));
            if (count < 0) {
                break;
            }
            left -= count;
        }
        return bytes - left;
    }
}
