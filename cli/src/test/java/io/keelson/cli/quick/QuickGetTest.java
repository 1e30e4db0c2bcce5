package io.keelson.cli.quick;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.cli.FullClient;
import io.keelson.cli.FullClient.Said;
import io.keelson.cli.client.Access;
import io.keelson.cli.client.Servers;
import io.keelson.cli.cluster.SampleFiles;
import io.keelson.cli.cluster.TestCluster;
import io.keelson.proto.v1.KindInfo;
import io.keelson.proto.v1.KindsRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The quick way and the full client beside each other, on the same servers. */
class QuickGetTest {

    private static final int ASIDE = -1;
    private static final int TRIES = 20;

    private static final String OBJECTS = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: boats.harbour.test}
            spec:
              group: harbour.test
              names: {kind: Boat, plural: boats, singular: boat, shortNames: [bo]}
              scope: Namespaced
              versions:
              - name: v1
                served: true
                storage: true
                schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {name: {type: string}, masts: {type: integer}, sails: {type: boolean}, length: {type: number}}}}}}
                additionalPrinterColumns:
                - {name: Called, type: string, jsonPath: .spec.name}
                - {name: Masts, type: integer, jsonPath: .spec.masts}
                - {name: Sails, type: boolean, jsonPath: .spec.sails}
                - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
                - {name: Length, type: number, jsonPath: .spec.length, priority: 1}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: one, labels: {app: a}}
            spec: {schedulerName: none, containers: [{name: c, image: i}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: two-with-a-longer-name, labels: {app: b}}
            spec: {schedulerName: none, containers: [{name: c, image: i}]}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec: {replicas: 0, selector: {matchLabels: {app: w}}, template: {metadata: {labels: {app: w}}, spec: {containers: [{name: c, image: i}]}}}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec: {selector: {app: w}, ports: [{port: 80}]}
            """;

    private static final String BOATS = """
            apiVersion: harbour.test/v1
            kind: Boat
            metadata: {name: a}
            spec: {name: "日本丸 \\u00e9 \\"quoted\\" \\\\ a\\nsecond line", masts: 4, sails: true, length: 110}
            ---
            apiVersion: harbour.test/v1
            kind: Boat
            metadata: {name: b}
            spec: {name: "\\ud83d\\udea2"}
            """;

    @TempDir
    static Path folder;

    private static String library = "";
    private static TestCluster cluster;

    @TempDir
    Path home;

    @BeforeAll
    static void start() throws IOException {
        library = Natives.library();
        cluster = TestCluster.start(folder);
        var environment = Map.of("HOME", folder.toString(), "KUBECONFIG", kubeconfig());
        var many = new StringBuilder(OBJECTS);
        for (int i = 0; i < 600; i++)
            many.append("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: many-")
                    .append(i)
                    .append("}\ndata: {a: b}\n");
        for (var objects : List.of(many.toString(), BOATS)) {
            Said applied = new Said(1, "", "");
            // The kind is there a moment after its definition.
            for (int i = 0; i < TRIES && applied.code() != 0; i++)
                applied = FullClient.run(objects, false, environment, "apply", "-f", "-");
            assertThat(applied.code()).as(applied.err()).isZero();
        }
    }

    @AfterAll
    static void stop() throws IOException {
        if (cluster != null) cluster.close();
    }

    @BeforeEach
    void meet() {
        assertThat(full("get", "pods").code()).isZero();
    }

    private static String kubeconfig() {
        return cluster.kubeconfig().toString();
    }

    private Map<String, String> environment(String kubeconfig) {
        return Map.of("HOME", home.toString(), "KUBECONFIG", kubeconfig);
    }

    private Said full(String... words) {
        return FullClient.run("", false, environment(kubeconfig()), words);
    }

    private Said quick(String... words) {
        return quick(false, kubeconfig(), words);
    }

    private Said quick(boolean interactive, String kubeconfig, String... words) {
        return FullClient.on("", interactive, environment(kubeconfig), terminal -> {
            try {
                QuickGet.answer(words, terminal, library);
                return 0;
            } catch (StepAside why) {
                return ASIDE;
            }
        });
    }

    /** Both say the same; ages go on meanwhile, so the full client is asked before and after. */
    private void assertSame(boolean interactive, String line) {
        var words = line.split(" ", -1);
        for (int i = 0; i < TRIES; i++) {
            var before = FullClient.run("", interactive, environment(kubeconfig()), words);
            var answer = quick(interactive, kubeconfig(), words);
            var after = FullClient.run("", interactive, environment(kubeconfig()), words);
            if (!before.equals(after)) continue;
            assertThat(answer).as(line).isEqualTo(before);
            return;
        }
        throw new AssertionError("never twice the same: " + line);
    }

    private void assertAside(String line) {
        assertThat(quick(line.split(" ", -1))).as(line).isEqualTo(new Said(ASIDE, "", ""));
    }

    @Test
    void itSaysWhatTheFullClientSays() {
        for (var line : List.of(
                "get pods",
                "get po",
                "get pods -A",
                "get pods -o wide",
                "get pods --output=wide --no-headers",
                "get pods -o name",
                "get pods -n kube-system",
                "get pods -l app=a",
                "get pods -l app=nobody -A",
                "get pods --field-selector metadata.name=one",
                "get pod one",
                "get pod/one",
                "get pod/one -o name",
                "get pods one -o wide",
                "get configmaps",
                "get cm -o name",
                "get deploy",
                "get Deployment",
                "get deployments.apps web",
                "get svc",
                "get nodes -o wide",
                "get boats",
                "get bo a -o wide",
                "get boats.harbour.test b",
                "get crd")) assertSame(false, line);
        assertSame(true, "get pods");
    }

    @Test
    void itSaysTheSameOfEveryKind() throws InterruptedException {
        List<KindInfo> kinds;
        try (var servers = new Servers(Access.fromKubeconfig(cluster.kubeconfig()))) {
            kinds = servers.ask(stub -> stub.kinds(KindsRequest.getDefaultInstance()))
                    .getKindsList();
        }
        assertThat(kinds).hasSizeGreaterThan(40);
        for (var kind : kinds) {
            var line = "get " + kind.getResource() + (kind.getGroup().isEmpty() ? "" : "." + kind.getGroup()) + " -A";
            if (full(line.split(" ", -1)).code() == 0) assertSame(false, line);
            else assertAside(line);
        }
    }

    @Test
    void whatItDoesNotKnowItLeavesToTheFullClient() {
        Stream.of(
                        "get",
                        "get all",
                        "get pods,services",
                        "get pods one two",
                        "get pod/one service/web",
                        "get pods -w",
                        "get pods -o json",
                        "get pods -o yml",
                        "get pods -o",
                        "get pods --help",
                        "get pods --at 5m",
                        "get pods -n default -n other",
                        "get pods --no-headers=true",
                        "get pods --outptu wide",
                        "get pods one -A",
                        "get pod/",
                        "get pod one -l app=a")
                .forEach(this::assertAside);
    }

    @Test
    void whatAServerRefusesTheFullClientExplains() {
        Stream.of("get pod nobody", "get nothings", "get pods -l a=b=c", "get pods --field-selector spec.none=1")
                .forEach(line -> {
                    assertThat(full(line.split(" ", -1)).code()).as(line).isEqualTo(1);
                    assertAside(line);
                });
    }

    @Test
    void aServerThatTheFullClientHasNotMetIsNotSpokenTo() throws IOException {
        var files = files();
        assertThat(files).hasSize(1);
        Files.delete(files.getFirst());
        assertAside("get pods");
        assertThat(full("get", "pods").code()).isZero();
        assertSame(false, "get pods");
    }

    @Test
    void notesOfServersThatCameAndWentDoNotGatherForever() throws IOException {
        Files.delete(files().getFirst());
        for (int i = 0; i < 100; i++) {
            var old = Files.writeString(notes().resolve("old-" + i), "x");
            Files.setLastModifiedTime(old, FileTime.fromMillis(i));
        }
        assertThat(full("get", "pods").code()).isZero();
        assertThat(files()).hasSize(64);
        assertThat(quick("get", "pods").code()).isZero();
    }

    @Test
    void anotherCertificateThanTheOneThatWasCheckedIsRefused() throws IOException {
        var file = files().getFirst();
        byte[] content = Files.readAllBytes(file);
        content[content.length - 1] ^= 1;
        Files.write(file, content);
        assertAside("get pods");
    }

    @Test
    void aCheckForAnotherAddressDoesNotCount() throws IOException {
        var other = Files.writeString(
                home.resolve("other"),
                Files.readString(cluster.kubeconfig()).replace("https://127.0.0.1:", "https://localhost:"));
        assertThat(quick(false, other.toString(), "get", "pods").code()).isEqualTo(ASIDE);
        var met = FullClient.run("", false, environment(other.toString()), "get", "pods");
        // The certificates are for both names, so that the full client comes to know this one, too.
        assertThat(met.code()).as(met.err()).isZero();
        assertThat(quick(false, other.toString(), "get", "pods").code()).isZero();
    }

    @Test
    void anAddressThatTheCertificateIsNotForIsNeverKnown() throws IOException {
        var other = Files.writeString(
                home.resolve("other"),
                Files.readString(cluster.kubeconfig()).replace("https://127.0.0.1:", "https://127.0.0.2:"));
        var refused = FullClient.run("", false, environment(other.toString()), "get", "pods");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(quick(false, other.toString(), "get", "pods")).isEqualTo(new Said(ASIDE, "", ""));
        assertThat(files()).hasSize(1);
    }

    @Test
    void anotherAuthorityKnowsNoServer(@TempDir Path elsewhere) throws IOException {
        var stranger = new SampleFiles(elsewhere);
        stranger.write(1);
        var address = new Address(Files.readString(cluster.kubeconfig()));
        var other = Files.writeString(
                home.resolve("other"),
                Files.readString(stranger.kubeconfig()).replaceAll("127\\.0\\.0\\.1:\\d+", address.first()));
        var refused = FullClient.run("", false, environment(other.toString()), "get", "pods");
        assertThat(refused.err()).contains("was not issued by this cluster's authority");
        assertThat(quick(false, other.toString(), "get", "pods")).isEqualTo(new Said(ASIDE, "", ""));
        assertThat(files()).hasSize(1);
    }

    /** The first server in a kubeconfig. */
    private record Address(String kubeconfig) {
        String first() {
            int begin = kubeconfig.indexOf("https://") + "https://".length();
            return kubeconfig.substring(begin, kubeconfig.indexOf('\n', begin));
        }
    }

    @Test
    void aClientThatTheServerRefusesIsLeftToTheFullClient(@TempDir Path elsewhere) throws IOException {
        var stranger = new SampleFiles(elsewhere);
        stranger.write(1);
        var theirs = Files.readString(stranger.kubeconfig());
        var mine = Files.readString(cluster.kubeconfig());
        var other = Files.writeString(
                home.resolve("other"),
                mine.substring(0, mine.indexOf("users:")) + theirs.substring(theirs.indexOf("users:")));
        assertThat(quick(false, other.toString(), "get", "pods")).isEqualTo(new Said(ASIDE, "", ""));
        assertThat(FullClient.run("", false, environment(other.toString()), "get", "pods")
                        .code())
                .isEqualTo(1);
    }

    @Test
    void whereNobodyListensTheNextServerIsAsked() throws IOException {
        var address = new Address(Files.readString(cluster.kubeconfig())).first();
        var other = Files.writeString(
                home.resolve("other"),
                Files.readString(cluster.kubeconfig())
                        .replaceFirst("server: https://" + address, "server: https://127.0.0.1:1"));
        assertThat(quick(false, other.toString(), "get", "pods").code()).isZero();
        var nobody = Files.writeString(
                home.resolve("nobody"),
                Files.readString(cluster.kubeconfig()).replaceAll("127\\.0\\.0\\.1:\\d+", "127.0.0.1:1"));
        assertThat(quick(false, nobody.toString(), "get", "pods").code()).isEqualTo(ASIDE);
    }

    private Path notes() {
        return home.resolve(".cache/keelson/servers");
    }

    private List<Path> files() throws IOException {
        try (var all = Files.list(notes())) {
            return all.toList();
        }
    }
}
