package io.keelson.orchestrator.kind;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Keeps the directions between the rooms for kinds, patches and selectors, and keeps them pure. */
class PureRoomsTest {

    private static final String ROOT = "io.keelson.orchestrator.";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.keelson.orchestrator");

    @Test
    void kindsKnowNobodyElse() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "kind..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        ROOT + "patch..",
                        ROOT + "select..",
                        ROOT + "registry..",
                        ROOT + "api..",
                        ROOT + "http..",
                        ROOT + "rpc..",
                        ROOT + "view..",
                        ROOT + "control..",
                        ROOT + "loop..",
                        "io.keelson.store..")
                .check(CLASSES);
    }

    @Test
    void patchesAndSelectorsKnowOnlyKinds() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOT + "patch..", ROOT + "select..", ROOT + "fields..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        ROOT + "registry..",
                        ROOT + "api..",
                        ROOT + "http..",
                        ROOT + "rpc..",
                        ROOT + "view..",
                        ROOT + "control..",
                        ROOT + "loop..",
                        "io.keelson.store..")
                .check(CLASSES);
    }

    @Test
    void noClockNoThreadsNoChanceNoLog() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOT + "kind..", ROOT + "patch..", ROOT + "select..", ROOT + "fields..")
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
                .dependOnClassesThat(resideInAnyPackage("java.util.concurrent..", "java.net..", "java.nio.file..")
                        .and(not(belongToAnyOf(URI.class, URISyntaxException.class)))
                        .as("are of threads, sockets or files; the text of a URI is none of these"))
                .check(CLASSES);
    }

    @Test
    void buildTimeLibrariesStayAtBuildTime() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.kubernetes..")
                .check(CLASSES);
    }
}
