package dev.celadon.container;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.celadon.runtime.Processes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which image a real container stands on. */
class StacksTest {
    private static final String LEVEL = "echo on $(</etc/celadon-stack)";
    /** No more of a stack than a shell needs. */
    private static final String MAKE_IMAGE = """
            set -euo pipefail
            mkdir -p "$1"/{app,run,tmp,var/tmp,proc,sys,dev,etc,usr/bin}
            ln -s usr/bin "$1/bin"
            for program in bash sleep; do
              cp -L /usr/bin/$program "$1/usr/bin/"
              for library in $(ldd /usr/bin/$program | grep -o '/[^ ]*'); do
                mkdir -p "$1${library%/*}" && cp -L "$library" "$1$library"
              done
            done
            for file in passwd group hosts resolv.conf; do : > "$1/etc/$file"; done
            [ -z "$2" ] || echo "$2" > "$1/etc/celadon-stack"
            mksquashfs "$1" "$3" -noappend -no-progress -quiet -no-xattrs -comp zstd -Xcompression-level 1 \
              -force-uid 200000 -force-gid 200000
            """;

    @TempDir
    Path data;

    private TestHost world;
    private Path store;

    @BeforeEach
    void prepare() throws Exception {
        world = new TestHost(data);
        store = data.resolve("stacks");
    }

    @AfterEach
    void clean() throws Exception {
        world.close();
    }

    @Test
    void withoutAnImageTheHostsOwnProgramsAreShown() throws Exception {
        assertThat(world.output("c-host", "[ -e /etc/celadon-stack ] || echo none; ls -d /usr/share"))
                .isEqualTo("none\n/usr/share\n");
    }

    @Test
    void theNewestPatchLevelIsTakenAndTheOldOneGoesWithItsLastContainer() throws Exception {
        image("cedar-9");
        world.start("c-nine", "sleep 1000", Optional.empty());
        image("cedar-10");
        assertThat(world.output("c-ten", LEVEL)).isEqualTo("on cedar-10\n");
        assertThat(store.resolve("cedar-9.sqfs")).exists();
        world.host().remove("c-nine").await(20, SECONDS);
        await().atMost(Duration.ofSeconds(10)).until(() -> Files.notExists(store.resolve("cedar-9.sqfs")));
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
                        .doesNotContain(world.instance() + "/images/cedar-9")
                        .contains(world.instance() + "/images/cedar-10"));
        assertThat(store.resolve("cedar-10.sqfs")).exists();
    }

    @Test
    void aBrokenImageIsPassedOverAndTakenOnceItIsWhole() throws Exception {
        image("cedar-1");
        Path half = image("cedar-2");
        Path whole = Files.copy(half, data.resolve("whole"));
        run("truncate", "-s", "-8K", half.toString());
        image("cedar-3", "");
        assertThat(world.output("c-first", LEVEL)).isEqualTo("on cedar-1\n");
        Files.delete(store.resolve("cedar-3.sqfs"));
        Files.move(whole, half, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThat(world.output("c-second", LEVEL)).isEqualTo("on cedar-2\n");
    }

    @Test
    void whereEveryImageIsBrokenNothingStartsAndNothingStays() throws Exception {
        Files.writeString(store.resolve("cedar-1.sqfs"), "no image");
        Disk disk = world.disk("c-bad", TestHost.UID);
        assertThatThrownBy(() -> world.host()
                        .start(TestHost.spec("c-bad", disk, "true", Optional.empty()))
                        .await(30, SECONDS))
                .hasMessageContaining("cedar-1.sqfs");
        assertThat(world.host().ids().await(5, SECONDS)).isEmpty();
    }

    @Test
    void aStackThatIsNotHereIsNamed() throws Exception {
        image("cedar-1");
        Disk disk = world.disk("c-none", TestHost.UID);
        ContainerSpec spec = TestHost.spec("c-none", disk, "true", Optional.empty());
        ContainerSpec other = new ContainerSpec(
                spec.id(),
                spec.hostname(),
                spec.command(),
                spec.environment(),
                spec.hostUid(),
                "cedar-14",
                spec.slug(),
                spec.disk(),
                spec.binds(),
                spec.limits(),
                spec.isTerminal());
        assertThatThrownBy(() -> world.host().start(other).await(30, SECONDS))
                .isInstanceOf(ContainerUnavailable.class)
                .hasMessage("stack cedar-14 has no image on this host");
        assertThat(world.host().ids().await(5, SECONDS)).isEmpty();
    }

    @Test
    void imagesOfOtherStacksAndUnfinishedOnesAreNotTaken() throws Exception {
        for (String name : List.of("cedar-build-3", ".cedar-4", "cedar-x", "cedar-6.sqfs.new")) {
            image(name);
        }
        assertThat(world.output("c-host", "[ -e /etc/celadon-stack ] || echo none"))
                .isEqualTo("none\n");
    }

    private Path image(String name) throws Exception {
        return image(name, name);
    }

    private Path image(String name, String level) throws Exception {
        Path image = store.resolve(name + ".sqfs");
        run("bash", "-c", MAKE_IMAGE, "make", data.resolve("tree-" + name).toString(), level, image.toString());
        return image;
    }

    private static void run(String... command) throws Exception {
        Processes.runBlocking(Duration.ofSeconds(60), List.of(command), "").orFail(command[0]);
    }
}
