package io.keelson.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.System.Logger;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The directions between the agent's packages, as docs/architecture.md draws them. */
class ArchitectureTest {
    private static final JavaClasses AGENT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.keelson.agent");

    private static final String[] PURE = {"io.keelson.agent.pod.."};

    @Test
    void theAgentKnowsNeitherOrchestratorNorStore() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.keelson.orchestrator..", "io.keelson.store..", "io.keelson.cli..")
                .check(AGENT);
    }

    @Test
    void onlyTheRpcPackagesKnowGrpc() {
        noClasses()
                .that()
                .resideOutsideOfPackages("..rpc..", "..runtime.containerd..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "io.keelson.proto..")
                .check(AGENT);
    }

    @Test
    void thePureCoreHasNoClockNoFilesNoThreadsNoChanceNoLog() {
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .dependOnClassesThat(forbiddenToTheCore())
                .check(AGENT);
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .callMethod(Instant.class, "now")
                .check(AGENT);
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .check(AGENT);
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .callMethod(System.class, "nanoTime")
                .check(AGENT);
    }

    private static DescribedPredicate<JavaClass> forbiddenToTheCore() {
        return DescribedPredicate.describe("are clocks, files, threads, chance or logs", c -> {
            var name = c.getName();
            // A path as a value is no file access.
            boolean io = (name.startsWith("java.nio.file.") && !name.equals("java.nio.file.Path"))
                    || name.startsWith("java.net.")
                    || (name.startsWith("java.io.") && !name.equals("java.io.Serializable"));
            return io
                    || name.startsWith("java.util.concurrent.")
                    || name.equals(Thread.class.getName())
                    || name.equals("java.util.Random")
                    || name.startsWith("java.util.random.")
                    || name.equals("java.time.Clock")
                    || name.equals("java.time.InstantSource")
                    || name.equals(Logger.class.getName());
        });
    }

    @Test
    void thePureCoreKnowsOfTheAgentOnlyTheRuntimesValues() {
        classes()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .onlyDependOnClassesThat(DescribedPredicate.describe(
                        "are of the core, the runtime's port or from outside",
                        c -> !c.getPackageName().startsWith("io.keelson")
                                || c.getPackageName().equals("io.keelson.agent.pod")
                                || c.getPackageName().equals("io.keelson.agent.runtime")))
                .check(AGENT);
    }

    @Test
    void runtimesDoNotKnowTheLoopAndTheLoopKnowsNoRuntime() {
        noClasses()
                .that()
                .resideInAPackage("io.keelson.agent.runtime..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.keelson.agent.loop..", "io.keelson.agent.pod..", "io.keelson.agent.rpc..", "io.fabric8..")
                .check(AGENT);
        noClasses()
                .that()
                .resideInAnyPackage("io.keelson.agent.loop..", "io.keelson.agent.probe..", "io.keelson.agent.volume..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.keelson.agent.runtime.process..",
                        "io.keelson.agent.runtime.containerd..",
                        "io.keelson.agent.rpc..")
                .check(AGENT);
    }

    @Test
    void packagesHaveNoCircles() {
        slices().matching("io.keelson.agent.(**)").should().beFreeOfCycles().check(AGENT);
    }
}
