package dev.celadon.compiler.build;

import dev.celadon.compiler.domain.BuildRejected;
import dev.celadon.compiler.domain.SlugIgnore;
import dev.celadon.compiler.domain.SourcePath;
import dev.celadon.compiler.domain.Submodule;
import dev.celadon.contract.SourceTars;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;

/**
 * Step two: the tree on the build's disk, without what a build does not see. The tar is a stranger's: nothing is
 * written outside the target, nor through a link, and only files, directories and symbolic links are made. Blocks.
 */
final class SourceTree {
    private static final int MAX_ENTRIES = 200_000;
    private static final int MAX_IGNORE_BYTES = 1 << 20;
    private static final int CHUNK = 64 * 1024;
    private static final String BROKEN = "source is no tar archive, or not all of one";

    private final Path tar;
    private final Path target;
    private final int uid;
    private final Limits limits;
    private final Set<Path> directories = new HashSet<>();
    private final Map<SourcePath, String> submodules = new LinkedHashMap<>();
    private String gitmodules = "";
    private int entries;
    private int depth;

    /**
     * @param bytes of the whole tree
     * @param mayBeOneDown whether a tree in one directory, as archives of repositories have it, is lifted out of it
     */
    record Limits(long bytes, boolean mayBeOneDown) {}

    private SourceTree(Path tar, Path target, int uid, Limits limits) {
        this.tar = tar;
        this.target = target;
        this.uid = uid;
        this.limits = limits;
    }

    /**
     * @param target does not exist yet
     * @param uid who is to own all of it
     * @return what belongs in directories that are empty now
     */
    static List<Submodule> unpack(Path tar, Path target, int uid, Limits limits) throws IOException {
        SourceTree tree = new SourceTree(tar, target, uid, limits);
        tree.findRoot();
        SlugIgnore ignore = tree.readIgnoreFiles();
        tree.makeRoot();
        try (TarArchiveInputStream in = tree.open()) {
            for (TarArchiveEntry entry = next(in); entry != null; entry = next(in)) {
                tree.unpack(entry, in, ignore);
            }
        }
        return Submodule.of(tree.gitmodules, tree.submodules);
    }

    /** The one directory that everything lies in, when that is not to be part of the tree. */
    private void findRoot() throws IOException {
        if (!limits.mayBeOneDown()) {
            return;
        }
        Set<String> roots = new HashSet<>();
        boolean hasMore = false;
        try (TarArchiveInputStream in = open()) {
            for (TarArchiveEntry entry = next(in); entry != null && roots.size() < 2; entry = next(in)) {
                SourcePath path = SourcePath.of(entry.getName());
                if (!entry.isGlobalPaxHeader() && !path.isRoot()) {
                    roots.add(path.segments().get(0));
                    hasMore |= path.segments().size() > 1;
                }
            }
        }
        depth = roots.size() == 1 && hasMore ? 1 : 0;
    }

    private SourcePath path(TarArchiveEntry entry) {
        SourcePath path = SourcePath.of(entry.getName());
        return path.segments().size() < depth
                ? path
                : new SourcePath(path.segments().subList(depth, path.segments().size()));
    }

    private static @Nullable TarArchiveEntry next(TarArchiveInputStream in) {
        try {
            return in.getNextEntry();
        } catch (IOException malformed) {
            throw new BuildRejected(BROKEN);
        }
    }

    private TarArchiveInputStream open() throws IOException {
        return new TarArchiveInputStream(SourceBytes.open(tar, limits.bytes()), "UTF-8");
    }

    /** The rules lie anywhere in the tar, so they are read before anything is written. */
    private SlugIgnore readIgnoreFiles() throws IOException {
        String slugignore = "";
        Map<SourcePath, String> gitignores = new HashMap<>();
        try (TarArchiveInputStream in = open()) {
            for (TarArchiveEntry entry = next(in); entry != null; entry = next(in)) {
                if (!isPlainFile(entry)) {
                    continue;
                }
                SourcePath path = path(entry);
                if (path.isRoot()) {
                    continue;
                }
                if (path.name().equals(".gitignore")) {
                    gitignores.put(path.parent(), text(in));
                } else if (path.toString().equals(".slugignore")) {
                    slugignore = text(in);
                } else if (path.toString().equals(".gitmodules")) {
                    gitmodules = text(in);
                }
            }
        }
        return new SlugIgnore(slugignore, gitignores);
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readNBytes(MAX_IGNORE_BYTES), StandardCharsets.UTF_8);
    }

    private void makeRoot() throws IOException {
        Files.createDirectories(target);
        own(target);
        directories.add(target);
    }

    private void unpack(TarArchiveEntry entry, InputStream content, SlugIgnore ignore) throws IOException {
        if (entry.isGlobalPaxHeader()) {
            return;
        }
        if (++entries > MAX_ENTRIES) {
            throw new BuildRejected("source has too many files (limit: " + MAX_ENTRIES + ")");
        }
        SourcePath path = path(entry);
        if (path.isRoot() || ignore.ignores(path, entry.isDirectory())) {
            return;
        }
        if (entry.isDirectory()) {
            directory(path);
            String commit = entry.getExtraPaxHeader(SourceTars.SUBMODULE);
            if (commit != null) {
                submodules.put(path, commit);
            }
        } else if (entry.isSymbolicLink()) {
            own(Files.createSymbolicLink(fresh(path), Path.of(entry.getLinkName())));
        } else if (isPlainFile(entry)) {
            file(path, content, (entry.getMode() & 0100) != 0);
        } else {
            throw new BuildRejected("source has something that is no file, directory or symbolic link: " + path);
        }
    }

    /** Not {@code isFile()}, which says so of devices and hard links too. */
    private static boolean isPlainFile(TarArchiveEntry entry) {
        return (entry.getLinkFlag() == TarConstants.LF_NORMAL || entry.getLinkFlag() == TarConstants.LF_OLDNORM)
                && !entry.isDirectory();
    }

    private void file(SourcePath path, InputStream content, boolean isExecutable) throws IOException {
        Path file = fresh(path);
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
            copy(content, out);
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(isExecutable ? "rwxr-xr-x" : "rw-r--r--"));
        own(file);
    }

    private static void copy(InputStream content, OutputStream out) throws IOException {
        byte[] chunk = new byte[CHUNK];
        for (int length = read(content, chunk); length >= 0; length = read(content, chunk)) {
            out.write(chunk, 0, length);
        }
    }

    /** Apart from writing: that the source is broken is its sender's fault, that the disk is full is not. */
    private static int read(InputStream content, byte[] chunk) {
        try {
            return content.read(chunk);
        } catch (IOException broken) {
            throw new BuildRejected(BROKEN);
        }
    }

    /** Where an entry goes that must not be there yet; its directory is made on the way. */
    private Path fresh(SourcePath path) throws IOException {
        Path place = directory(path.parent()).resolve(path.name());
        if (Files.exists(place, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            throw new BuildRejected("source has a path twice: " + path);
        }
        return place;
    }

    /** Only directories made here are entered; a link or file in the way is refused. */
    private Path directory(SourcePath path) throws IOException {
        Path place = target;
        for (String segment : path.segments()) {
            place = place.resolve(segment);
            if (directories.contains(place)) {
                continue;
            }
            if (Files.exists(place, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
                throw new BuildRejected("source has an unsafe path: " + path);
            }
            Files.createDirectory(place);
            Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
            own(place);
            directories.add(place);
        }
        return place;
    }

    private void own(Path path) throws IOException {
        Ownership.give(path, uid);
    }
}
