package dev.celadon.gitreceiver.repository;

import dev.celadon.contract.SourceTars;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;

/**
 * The tree of a commit as a tar: files with their executable bit, and symbolic links. Where a submodule belongs is an
 * empty directory, whose entry says which commit.
 */
public final class SourceTar {
    private static final int MODE_FILE = 0100644;
    private static final int MODE_EXECUTABLE = 0100755;

    private final Repository repository;
    private final String commitSha;

    public SourceTar(Repository repository, String commitSha) {
        this.repository = repository;
        this.commitSha = commitSha;
    }

    public void writeTo(OutputStream out) throws IOException {
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        tar.setAddPaxHeadersForNonAsciiNames(true);
        try (RevWalk commits = new RevWalk(repository);
                TreeWalk tree = new TreeWalk(repository)) {
            RevCommit commit = commits.parseCommit(ObjectId.fromString(commitSha));
            tree.addTree(commit.getTree());
            tree.setRecursive(true);
            while (tree.next()) {
                if (FileMode.GITLINK.equals(tree.getRawMode(0))) {
                    writeSubmodule(tar, tree, commit.getCommitTime());
                } else {
                    write(tar, tree, commit.getCommitTime());
                }
            }
        }
        tar.finish();
        tar.flush();
    }

    private static void writeSubmodule(TarArchiveOutputStream tar, TreeWalk link, long seconds) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(link.getPathString() + "/");
        entry.setModTime(seconds * 1_000);
        entry.addPaxHeader(SourceTars.SUBMODULE, link.getObjectId(0).name());
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    private void write(TarArchiveOutputStream tar, TreeWalk file, long seconds) throws IOException {
        ObjectLoader content = repository.open(file.getObjectId(0));
        boolean isLink = FileMode.SYMLINK.equals(file.getRawMode(0));
        TarArchiveEntry entry = isLink
                ? new TarArchiveEntry(file.getPathString(), TarConstants.LF_SYMLINK)
                : new TarArchiveEntry(file.getPathString());
        entry.setModTime(seconds * 1_000);
        if (isLink) {
            entry.setLinkName(new String(content.getCachedBytes(), StandardCharsets.UTF_8));
            tar.putArchiveEntry(entry);
        } else {
            entry.setMode(FileMode.EXECUTABLE_FILE.equals(file.getRawMode(0)) ? MODE_EXECUTABLE : MODE_FILE);
            entry.setSize(content.getSize());
            tar.putArchiveEntry(entry);
            content.copyTo(tar);
        }
        tar.closeArchiveEntry();
    }
}
