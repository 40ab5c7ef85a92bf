package dev.celadon.conformance;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.shareddata.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules of the house (docs/architecture.md), each able to fail. */
@AnalyzeClasses(packages = "dev.celadon", importOptions = ImportOption.DoNotIncludeTests.class)
class HouseRulesTest {
    private static final int MOST_LINES = 400;
    private static final Path REPOSITORY = Path.of("../..").toAbsolutePath().normalize();

    @ArchTest
    static final ArchRule servicesDoNotKnowEachOther = SlicesRuleDefinition.slices()
            .matching("dev.celadon.(api|gitreceiver|compiler|manifold|router|logplex)..")
            .should()
            .notDependOnEachOther();

    @ArchTest
    static final ArchRule theSharedModulesKnowNoService = noClasses()
            .that()
            .resideInAnyPackage("dev.celadon.contract..", "dev.celadon.runtime..", "dev.celadon.container..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.celadon.api..",
                    "dev.celadon.gitreceiver..",
                    "dev.celadon.compiler..",
                    "dev.celadon.manifold..",
                    "dev.celadon.router..",
                    "dev.celadon.logplex..",
                    "dev.celadon.deploy..");

    @ArchTest
    static final ArchRule domainCodeIsPlainJava = noClasses()
            .that()
            .resideInAPackage("dev.celadon.*..domain..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx..", "com.hazelcast..", "com.fasterxml..", "java.sql..", "org.eclipse.jgit..");

    @ArchTest
    static final ArchRule onlyTheBusTouchesTheEventBus = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("dev.celadon.runtime.Bus")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(EventBus.class);

    @ArchTest
    static final ArchRule onlyTheRuntimeKnowsHazelcast = noClasses()
            .that()
            .resideOutsideOfPackage("dev.celadon.runtime..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.hazelcast..");

    @ArchTest
    static final ArchRule nobodyTakesAClusteredLock = noClasses()
            .should()
            .callMethod(SharedData.class, "getLock", String.class)
            .orShould()
            .callMethod(SharedData.class, "getLockWithTimeout", String.class, long.class)
            .because("over Hazelcast it admits several holders; leases are rows with the database's clock");

    @ArchTest
    static final ArchRule timeComesFromTheInjectedClock = noClasses()
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class);

    @Test
    void noSourceFileIsLongerThan400Lines() throws IOException {
        assertThat(sources()).allSatisfy(file -> assertThat(lines(file).size()).isLessThanOrEqualTo(MOST_LINES));
    }

    @Test
    void everyPackageIsNullMarked() throws IOException {
        Set<Path> packages = new HashSet<>();
        sources().stream()
                .filter(file -> file.toString().contains("/src/main/java/"))
                .forEach(file -> packages.add(file.getParent()));
        assertThat(packages)
                .allSatisfy(folder ->
                        assertThat(lines(folder.resolve("package-info.java"))).contains("@NullMarked"));
    }

    /** The apps that tests push are nobody's code. */
    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(REPOSITORY)) {
            return files.filter(file -> file.toString().endsWith(".java")
                            && !file.toString().contains("/target/")
                            && !file.toString().contains("/src/test/apps/"))
                    .toList();
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }
}
