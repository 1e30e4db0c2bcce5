package io.keelson.store;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Who may know whom in the store. */
class ArchitectureTest {

    private static final JavaClasses STORE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.keelson.store");

    private static void livesOnlyIn(String room, String... libraries) {
        noClasses()
                .that()
                .resideOutsideOfPackage(room)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(libraries)
                .check(STORE);
    }

    @Test
    void eachLibraryLivesInOneRoom() {
        livesOnlyIn("io.keelson.store.raft..", "org.apache.ratis..");
        livesOnlyIn("io.keelson.store.rocks..", "org.rocksdb..");
        livesOnlyIn("io.keelson.store.rpc..", "io.grpc..", "io.netty..");
        livesOnlyIn("io.keelson.store.auth..", "io.jsonwebtoken..");
        livesOnlyIn("io.keelson.store.[auth|tls]..", "org.bouncycastle..");
        livesOnlyIn("io.keelson.store.metrics..", "io.prometheus..");
    }

    @Test
    void rulesKnowNoThreadClockOrDisk() {
        noClasses()
                .that()
                .resideInAPackage("io.keelson.store.mvcc..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.util.concurrent..", "java.time..", "java.io..", "java.nio.file..", "java.net..")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Thread.class, System.class)
                .check(STORE);
    }

    @Test
    void doorsSeeTheReplicaAndNothingBehindIt() {
        noClasses()
                .that()
                .resideInAPackage("io.keelson.store.rpc..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.keelson.store.raft..", "io.keelson.store.rocks..", "io.keelson.store.lease..")
                .check(STORE);
        noClasses()
                .that()
                .resideInAnyPackage("io.keelson.store.mvcc..", "io.keelson.store.node..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.keelson.store.rpc..")
                .check(STORE);
    }
}
