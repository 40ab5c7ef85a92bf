package dev.celadon.gitreceiver.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.gitreceiver.domain.PushPlan.Fate;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PushPlanTest {
    @Test
    void mainAndMasterBuildAlike() {
        assertThat(fates("refs/heads/main")).containsExactly(Fate.BUILD);
        assertThat(fates("refs/heads/master")).containsExactly(Fate.BUILD);
    }

    @Test
    void ofBothTheFirstBuildsAndTheOtherIsRefused() {
        assertThat(fates("refs/heads/master", "refs/heads/main")).containsExactly(Fate.BUILD, Fate.REFUSE);
    }

    @Test
    void otherBranchesAreTakenUnbuiltAndTagsSilently() {
        assertThat(fates("refs/heads/topic", "refs/heads/main/topic", "refs/tags/v1"))
                .containsExactly(Fate.TAKE_UNBUILT, Fate.TAKE_UNBUILT, Fate.TAKE);
    }

    @Test
    void theBranchThatDeploysIsNotDeletedAndOthersMayBe() {
        PushPlan plan = PushPlan.of(
                List.of(
                        new RefChange("refs/heads/main", true),
                        new RefChange("refs/heads/master", true),
                        new RefChange("refs/heads/topic", true),
                        new RefChange("refs/tags/v1", true)),
                false);
        assertThat(plan.steps())
                .extracting(PushPlan.Step::fate)
                .containsExactly(Fate.REFUSE, Fate.REFUSE, Fate.TAKE, Fate.TAKE);
        assertThat(plan.build()).isEmpty();
    }

    @Test
    void refsThatAreNeitherBranchNorTagAreRefused() {
        assertThat(fates("refs/remotes/origin/main", "refs/notes/commits")).containsExactly(Fate.REFUSE, Fate.REFUSE);
    }

    @Test
    void anAtomicPushIsRefusedAsAWhole() {
        PushPlan plan = PushPlan.of(
                List.of(new RefChange("refs/heads/main", false), new RefChange("refs/notes/x", false)), true);
        assertThat(plan.steps()).extracting(PushPlan.Step::fate).containsExactly(Fate.REFUSE, Fate.REFUSE);
        assertThat(PushPlan.of(List.of(new RefChange("refs/heads/main", false)), true)
                        .build())
                .isPresent();
    }

    private static List<Fate> fates(String... refs) {
        return PushPlan.of(Stream.of(refs).map(ref -> new RefChange(ref, false)).toList(), false).steps().stream()
                .map(PushPlan.Step::fate)
                .toList();
    }
}
