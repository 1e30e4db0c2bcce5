package io.keelson.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.keelson.cli.quick.QuickGet;
import org.junit.jupiter.api.Test;

/** Which package of the command line may know which. */
class DirectionsTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.keelson.cli");

    @Test
    void printingKnowsNothingElse() {
        noClasses()
                .that()
                .resideInAPackage("io.keelson.cli.print..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.keelson.cli",
                        "io.keelson.cli.client..",
                        "io.keelson.cli.cluster..",
                        "io.keelson.cli.manifest..",
                        "io.keelson.cli.pki..",
                        "io.keelson.proto..",
                        "io.grpc..")
                .check(CLASSES);
    }

    @Test
    void manifestsAreReadWithoutFilesAndServers() {
        noClasses()
                .that()
                .resideInAPackage("io.keelson.cli.manifest..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.keelson.cli",
                        "io.keelson.cli.client..",
                        "io.keelson.cli.cluster..",
                        "java.nio.file..",
                        "io.keelson.proto..",
                        "io.grpc..")
                .check(CLASSES);
    }

    @Test
    void onlyClientKnowsTheTransport() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.keelson.cli.client..")
                .and()
                .doNotHaveSimpleName("StandIn")
                .and()
                .resideOutsideOfPackage("io.keelson.cli.quick..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc.okhttp..", "io.grpc.netty..", "io.netty..")
                .check(CLASSES);
    }

    @Test
    void theQuickWayLoadsNoLibraryButOne() {
        noClasses()
                .that()
                .resideInAPackage("io.keelson.cli.quick..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "picocli..",
                        "org.snakeyaml..",
                        "tools.jackson..",
                        "com..",
                        "io.grpc..",
                        "org.bouncycastle..",
                        "io.keelson.proto..",
                        "io.keelson.store..",
                        "io.keelson.orchestrator..",
                        "io.keelson.agent..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("io.keelson.cli.quick..")
                .and()
                .doNotBelongToAnyOf(QuickGet.class)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.keelson.cli.client..", "io.keelson.cli.cluster..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage("io.keelson.cli.quick..")
                .and()
                .doNotHaveSimpleName("RehearseCommand")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.keelson.cli.quick..")
                .check(CLASSES);
    }

    @Test
    void onlyPkiKnowsBouncyCastle() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.keelson.cli.pki..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bouncycastle..")
                .check(CLASSES);
    }

    @Test
    void theRestReachesOtherRoomsByTheirDoorsOnly() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.keelson.store.mvcc..",
                        "io.keelson.store.rocks..",
                        "io.keelson.store.raft..",
                        "io.keelson.store.rpc..",
                        "io.keelson.store.watch..",
                        "io.keelson.orchestrator.api..",
                        "io.keelson.orchestrator.kind..",
                        "io.keelson.orchestrator.registry..",
                        "io.keelson.orchestrator.loop..",
                        "io.keelson.agent.pod..",
                        "io.keelson.agent.runtime..",
                        "io.keelson.agent.loop..")
                .check(CLASSES);
    }
}
