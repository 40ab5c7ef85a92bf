package dev.celadon.api.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ApiReferenceTest {
    private static final Path PAGE = Path.of("../../docs/protocols/api-reference.md");

    /** Run with {@code -Dceladon.write-docs=true} after the schema changed. */
    @Test
    void theReferenceIsWhatTheSchemaSays() throws Exception {
        String page = ApiReference.of(Schema.load());
        if (Boolean.getBoolean("celadon.write-docs")) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(page);
    }
}
