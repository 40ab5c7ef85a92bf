package dev.celadon.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which image a container stands on. */
class StacksTest {
    private static final Path RUN = Path.of("/run/celadon/x");

    @TempDir
    Path store;

    @Test
    void withoutAnImageTheHostsOwnProgramsAreShown() throws Exception {
        Stacks.Root root = stacks().root("cedar");
        assertThat(root.image()).isEmpty();
        assertThat(root.at()).isEqualTo(RUN.resolve("hoststack"));
        assertThat(root.shown()).containsExactly("/usr");
    }

    @Test
    void theNewestPatchLevelIsTakenAsSoonAsItIsThere() throws Exception {
        Stacks stacks = stacks();
        image("cedar-9.sqfs");
        assertThat(stacks.root("cedar").image()).contains(store.resolve("cedar-9.sqfs"));
        image("cedar-10.sqfs");
        assertThat(stacks.root("cedar").image()).contains(store.resolve("cedar-10.sqfs"));
        assertThat(stacks.root("cedar").at()).isEqualTo(RUN.resolve("images/cedar-10.sqfs"));
        assertThat(stacks.root("cedar").shown()).isEmpty();
    }

    @Test
    void imagesOfOtherStacksAndUnfinishedOnesAreNotTaken() throws Exception {
        for (String name :
                List.of("cedar-build-3.sqfs", ".cedar-4.sqfs", "cedar-5.sqfs.new", "cedar-x.sqfs", "cedar-6.log")) {
            image(name);
        }
        assertThat(stacks().root("cedar").image()).isEmpty();
        assertThat(stacks().root("cedar-build").image()).contains(store.resolve("cedar-build-3.sqfs"));
    }

    private Stacks stacks() {
        return new Stacks(store, RUN, List.of("/usr"));
    }

    private void image(String name) throws IOException {
        Files.createFile(store.resolve(name));
    }
}
