package dev.celadon.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretKeysTest {
    private final SecretKeys keys = new SecretKeys(new byte[32]);

    @Test
    void whatOnePurposeClosedNoOtherOpens() {
        byte[] sealed = keys.encrypt("config-vars", "A=1".getBytes(UTF_8));
        assertThat(keys.decrypt("config-vars", sealed)).isEqualTo("A=1".getBytes(UTF_8));
        assertThatThrownBy(() -> keys.decrypt("log-session", sealed)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aChangedByteIsNoticed() {
        byte[] sealed = keys.encrypt("config-vars", "A=1".getBytes(UTF_8));
        sealed[sealed.length - 1] ^= 1;
        assertThatThrownBy(() -> keys.decrypt("config-vars", sealed)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aSignatureFitsItsTextAndPurposeOnly() {
        String signature = keys.sign("log-session", "app-1");
        assertThat(keys.isSigned("log-session", "app-1", signature)).isTrue();
        assertThat(keys.isSigned("log-session", "app-2", signature)).isFalse();
        assertThat(keys.isSigned("stream", "app-1", signature)).isFalse();
    }

    @Test
    void theMadeSecretIsKeptAndReadableByItsOwnerOnly(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("secrets/master");
        String token = SecretKeys.load(Optional.empty(), file).token("internal-http");
        assertThat(SecretKeys.load(Optional.empty(), file).token("internal-http"))
                .isEqualTo(token);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }
}
