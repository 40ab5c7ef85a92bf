package dev.celadon.gitreceiver.ssh;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;
import org.apache.sshd.common.keyprovider.KeyPairProvider;

/** The key this host is known by, made once: clients remember it and refuse a host that changed it. Blocks. */
final class HostKey {
    private static final String FILE = "ssh_host_ecdsa_key";

    private HostKey() {}

    /** @param directory the git-receiver's below the platform's data */
    static KeyPairProvider in(Path directory) throws IOException, GeneralSecurityException {
        Path file = directory.resolve(FILE);
        if (!Files.exists(file)) {
            write(file);
        }
        FileKeyPairProvider provider = new FileKeyPairProvider(file);
        if (!provider.loadKeys(null).iterator().hasNext()) {
            throw new IOException(file + " holds no key (expected: an OpenSSH private key)");
        }
        return provider;
    }

    private static void write(Path file) throws IOException, GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        Files.createDirectories(file.getParent());
        Path unfinished = Files.createTempFile(
                file.getParent(),
                FILE,
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (OutputStream out = Files.newOutputStream(unfinished)) {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, "celadon", null, out);
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
