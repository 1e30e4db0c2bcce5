package io.keelson.orchestrator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The directions of the house, as docs/architecture.md draws them. */
class DirectionsTest {

    private static final String ROOT = "io.keelson.orchestrator.";

    /** Rooms that decide: values in, values out. */
    private static final String[] PURE = {
        ROOT + "registry..",
        ROOT + "custom..",
        ROOT + "regex..",
        ROOT + "auth..",
        ROOT + "patch..",
        ROOT + "fields..",
        ROOT + "select..",
        ROOT + "view..",
        ROOT + "control..",
        ROOT + "schedule..",
        ROOT + "past..",
        ROOT + "why.."
    };

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.keelson.orchestrator");

    @Test
    void pureRoomsReachNoFileNoNetAndNoThread() {
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.nio.file..", "java.net..", "java.util.concurrent..", "io.grpc..", "io.helidon..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.Thread")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.File")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.InputStream")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.System$Logger")
                .check(CLASSES);
    }

    @Test
    void pureRoomsAskNoClockAndNoChance() {
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .or()
                .resideInAPackage(ROOT + "kind..")
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(InstantSource.class, "system")
                .orShould()
                .callMethod(Clock.class, "systemUTC")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callMethod(UUID.class, "randomUUID")
                .orShould()
                .callConstructor(Random.class)
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.security.SecureRandom")
                .check(CLASSES);
    }

    @Test
    void pureRoomsDoNotKnowTheStoreOrTheShells() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        ROOT + "registry..",
                        ROOT + "kind..",
                        ROOT + "cel..",
                        ROOT + "custom..",
                        ROOT + "patch..",
                        ROOT + "fields..",
                        ROOT + "select..",
                        ROOT + "auth..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.keelson.store..",
                        "io.keelson.proto.etcd..",
                        ROOT + "http..",
                        ROOT + "rpc..",
                        ROOT + "loop..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage(ROOT + "view..", ROOT + "control..", ROOT + "schedule..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.keelson.store..", ROOT + "http..", ROOT + "rpc..", ROOT + "loop..", ROOT + "api..")
                .check(CLASSES);
    }

    @Test
    void onlyTheDoorsKnowTheirLibraries() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + "http..", ROOT + "rpc..", "io.keelson.orchestrator")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.helidon..", "io.grpc..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("io.keelson.orchestrator")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.helidon..")
                .check(CLASSES);
    }

    @Test
    void onlyOneRoomKnowsTheLibraryOfExpressions() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "cel..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.cel..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage(ROOT + "cel..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.nio.file..",
                        "java.util.concurrent..",
                        ROOT + "custom..",
                        ROOT + "registry..",
                        ROOT + "api..")
                .check(CLASSES);
    }

    @Test
    void onlyOneRoomKnowsTheLibraryOfRegularExpressionsOfUsers() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "regex..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.google.re2j..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage(ROOT + "regex..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + "kind..", ROOT + "cel..", ROOT + "custom..")
                .check(CLASSES);
    }

    @Test
    void theStoreIsSeenThroughItsPortAlone() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.keelson.store.mvcc..",
                        "io.keelson.store.raft..",
                        "io.keelson.store.rocks..",
                        "io.keelson.store.watch..",
                        "io.keelson.store.lease..",
                        "io.keelson.store.node..",
                        "io.keelson.store.rpc..",
                        "org.apache.ratis..",
                        "org.rocksdb..")
                .check(CLASSES);
    }

    @Test
    void theDoorsDoNotTouchTheStoreAndNobodyCallsThem() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOT + "http..", ROOT + "rpc..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("io.keelson.store.Kv")
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + "http..", ROOT + "rpc..", "io.keelson.orchestrator")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + "http..", ROOT + "rpc..")
                .check(CLASSES);
    }

    @Test
    void roomsDoNotDependOnEachOtherInCircles() {
        slices().matching(ROOT + "(*)..").should().beFreeOfCycles().check(CLASSES);
    }
}
