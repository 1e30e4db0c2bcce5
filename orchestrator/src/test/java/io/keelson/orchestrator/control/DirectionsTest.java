package io.keelson.orchestrator.control;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Keeps what decides apart from what acts: view, control and schedule know neither store nor API, and have no clock. */
final class DirectionsTest {

    private static final String ROOT = "io.keelson.orchestrator.";
    private static final String[] PURE = {ROOT + "view..", ROOT + "control..", ROOT + "schedule.."};
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.keelson.orchestrator");

    @Test
    void whatDecidesKnowsNothingOfWhatActs() {
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        ROOT + "api..",
                        ROOT + "registry..",
                        ROOT + "http..",
                        ROOT + "rpc..",
                        ROOT + "loop..",
                        "io.keelson.store..",
                        "io.keelson.proto..",
                        "com.google.protobuf..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage(ROOT + "view..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + "control..", ROOT + "schedule..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage(ROOT + "control..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + "schedule..")
                .check(CLASSES);
    }

    @Test
    void theLoopKnowsNeitherHttpNorRpc() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "loop..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + "http..", ROOT + "rpc..", "io.grpc..", "io.helidon..")
                .check(CLASSES);
    }

    @Test
    void noClockNoThreadsNoChanceNoLog() {
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.System$Logger")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.Random")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.Thread")
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("java.util.concurrent..", "java.net..", "java.io..", "java.nio.file..")
                .check(CLASSES);
    }
}
