package io.keelson.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Which room may know which, docs/architecture.md. */
class DirectionsTest {
    private static final JavaClasses AGENT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.keelson.agent");

    @Test
    void theAgentIsAClientOfTheControlPlane() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.keelson.orchestrator..", "io.keelson.store..", "io.keelson.cli..")
                .check(AGENT);
    }

    @Test
    void grpcStaysAtTheTwoEdges() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.keelson.agent.rpc..", "io.keelson.agent.runtime.containerd..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.grpc..", "io.netty..", "io.keelson.proto.cri..", "io.keelson.proto.containerd..")
                .check(AGENT);
    }

    @Test
    void portsDoNotKnowWhoFulfilsThem() {
        noClasses()
                .that()
                .resideInAPackage("io.keelson.agent.runtime")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.keelson.agent.runtime.containerd..", "io.keelson.agent.runtime.process..")
                .check(AGENT);
    }

    @Test
    void theNetworkKnowsNoContainers() {
        noClasses()
                .that()
                .resideInAnyPackage("io.keelson.agent.net..", "io.keelson.agent.proxy..", "io.keelson.agent.command..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.keelson.agent.runtime..", "io.keelson.agent.pod..", "io.keelson.agent.loop..")
                .check(AGENT);
    }

    @Test
    void decidingKnowsNoActing() {
        noClasses()
                .that()
                .resideInAPackage("io.keelson.agent.pod..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.keelson.agent.loop..",
                        "io.keelson.agent.rpc..",
                        "io.keelson.agent.net..",
                        "io.keelson.agent.command..",
                        "io.keelson.agent.runtime.containerd..",
                        "io.keelson.agent.runtime.process..")
                .check(AGENT);
    }
}
