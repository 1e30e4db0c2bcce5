package io.keelson.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Which room may know which, docs/architecture.md; {@link ArchitectureTest} has the rest. */
class PortDirectionsTest {
    private static final JavaClasses AGENT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.keelson.agent");

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
}
