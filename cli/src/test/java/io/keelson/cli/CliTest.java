package io.keelson.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keelson.cli.cluster.SampleFiles;
import io.keelson.cli.print.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user sees who calls the program wrongly. No cluster is needed for any of it. */
class CliTest {

    @TempDir
    Path folder;

    private record Result(int code, String out, String err) {}

    private Result run(String... words) {
        return runWithInput("", words);
    }

    private Result runWithInput(String input, String... words) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                false,
                Map.of("HOME", folder.toString()));
        int code = Cli.run(words, terminal);
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    @Test
    void everyCommandHasHelp() {
        for (var name : Commands.NAMES) {
            var help = run(name, "--help");
            assertThat(help.code()).as(name).isZero();
            assertThat(help.out()).as(name).contains("keelson " + name).contains("--help");
            assertThat(run("help", name).out()).isEqualTo(help.out());
            assertThat(run().out()).contains("keelson " + name);
        }
    }

    @Test
    void aServerWhoseCertificateTheOthersWouldRefuseSaysWhatToDo() throws Exception {
        var files = new SampleFiles(folder);
        files.write(1);
        var words = files.serverArguments("s1").stream()
                .map(word -> word.replace("s1.crt", "n1.crt").replace("s1.key", "n1.key"))
                .toArray(String[]::new);
        var refused = run(words);
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err())
                .contains("server s1 cannot start: the other servers would refuse its certificate")
                .contains("its organization is none of keelson:servers, system:masters")
                .contains("keelson up");
        assertThat(folder.resolve("servers/s1/data")).doesNotExist();
    }

    @Test
    void anUnknownCommandNamesTheNearest() {
        assertThat(run("gett"))
                .isEqualTo(new Result(2, "", "error: there is no command \"gett\"\n  Did you mean \"keelson get\"?\n"));
        assertThat(run("frobnicate").err()).contains("These are there: up, status, down");
    }

    @Test
    void anUnknownOptionNamesTheNearest() {
        assertThat(run("get", "pods", "--outptu", "json"))
                .isEqualTo(
                        new Result(2, "", "error: \"keelson get\" has no option --outptu\n  Did you mean --output?\n"));
        assertThat(run("down", "everything").err()).contains("\"everything\" is one argument too many");
    }

    @Test
    void anOptionWithoutItsValueIsToldSo() {
        var result = run("scale", "deployment/a", "--replicas", "many");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("--replicas").contains("'many' is not a whole number");
    }

    @Test
    void withoutAClusterTheWayToOneIsShown() {
        var result = run("get", "pods");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("there is no cluster to talk to").contains("keelson up");
        assertThat(run("status").err()).contains("there is no cluster in").contains("keelson up");
    }

    @Test
    void anUnknownFormatNamesTheNearest() {
        assertThat(run("get", "pods", "-o", "yml").err()).contains("Did you mean yaml?");
    }

    @Test
    void applyNeedsAFileThatIsThere() {
        assertThat(run("apply").err()).contains("Name the manifest with -f");
        assertThat(run("apply", "hello.yaml").err()).contains("keelson apply -f hello.yaml");
        assertThat(run("apply", "-f", folder + "/none.yaml").err())
                .contains("there is no file " + folder + "/none.yaml");
        assertThat(run("apply", "-f", folder.toString()).err()).contains("there is no .yaml, .yml or .json file");
        assertThat(run("apply", "-f", "https://example.test/a.yaml").err())
                .contains("curl -fsSL https://example.test/a.yaml");
    }

    @Test
    void aBrokenManifestIsToldBeforeAnyServerIsAsked() throws IOException {
        var broken = file("broken.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  name: b\n");
        var result = run("apply", "-f", broken);
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err())
                .isEqualTo("error: the manifest has a mistake\n  " + broken
                        + ":5: metadata.name is given twice (first in line 4)\n  Nothing was applied.\n");
        assertThat(run("up", broken, "--dir", folder.resolve("cluster").toString())
                        .err())
                .contains(":5: metadata.name is given twice");
        assertThat(folder.resolve("cluster")).doesNotExist();
    }

    @Test
    void manifestsFromStandardInputAreChecked() {
        assertThat(runWithInput("kind: A\n", "apply", "-f", "-").err())
                .contains("standard input:1: apiVersion is missing");
        assertThat(runWithInput("\u0000", "apply", "-f", "-").code()).isEqualTo(1);
    }

    @Test
    void wrongWishesForAClusterAreRefused() {
        var directory = folder.resolve("c").toString();
        assertThat(run("up", "--dir", directory, "--runtime", "docker").err())
                .contains("--runtime is auto, containerd or process");
        assertThat(run("up", "--dir", directory, "--servers", "2", "--runtime", "process")
                        .err())
                .contains("--servers is 1, 3, 5 or 7");
        assertThat(run("up", "--dir", directory, "--api-port", "99999").err())
                .contains("--api-port is between 1 and 65535");
        assertThat(run("up", "--dir", directory, "--subnet", "10.0.0.0/8").err())
                .contains("--subnet is three numbers");
    }

    @Test
    void aFolderOfSomethingElseIsNotUsed() throws IOException {
        file("precious.txt", "x");
        assertThat(run("up", "--dir", folder.toString()).err()).contains("is not empty and holds no Keelson cluster");
    }

    @Test
    void aPortThatWasAskedForAndIsTakenIsNamed() throws IOException {
        try (var taken = new java.net.ServerSocket(0)) {
            var result = run(
                    "up",
                    "--dir",
                    folder.resolve("c").toString(),
                    "--runtime",
                    "process",
                    "--api-port",
                    Integer.toString(taken.getLocalPort()));
            assertThat(result.code()).isEqualTo(1);
            assertThat(result.err())
                    .contains("port " + taken.getLocalPort() + " (--api-port) is taken")
                    .contains("ss -ltnp");
        }
    }

    @Test
    void aServerWithoutItsFilesSaysWhich() {
        var result = run("server", "--name", "s1", "--cert", folder + "/none.crt");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("cannot read " + folder + "/none.crt (--cert)");
        assertThat(run("server").err()).contains("--name is missing");
    }

    @Test
    void flagsOfEtcdThatAreNotBuiltAreRefusedByName() {
        var result = run("store", "--force-new-cluster");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("--force-new-cluster");
        var url = run("store", "--listen-client-urls", "localhost");
        assertThat(url.code()).isEqualTo(2);
        assertThat(url.err()).contains("--listen-client-urls");
    }

    @Test
    void completionKnowsEveryCommandAndItsOptions() {
        var script = run("completion", "bash").out();
        assertThat(script)
                .contains(String.join(" ", Commands.NAMES))
                .contains("--all-namespaces")
                .contains("complete -o bashdefault -F _keelson keelson");
        assertThat(run("completion", "fish").err()).contains("there is: bash");
    }

    @Test
    void durationsHaveAUnit() {
        assertThat(LogsCommand.duration("90s")).hasSeconds(90);
        assertThat(LogsCommand.duration("2h")).hasHours(2);
    }

    @Test
    void pruningNeedsTheNameOfTheSet() throws IOException {
        var manifest = file("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
        assertThat(run("apply", "-f", manifest, "--prune").err()).contains("name it with --set NAME");
        assertThat(run("diff", "-f", manifest, "--prune").err()).contains("name it with --set NAME");
        assertThat(run("apply", "-f", manifest, "--piecewise", "--set", "s").err())
                .contains("--piecewise and --set do not go together");
    }

    @Test
    void pointsInThePastAreRevisionsTimesOrAgo() {
        var now = Instant.parse("2026-01-01T12:00:00Z");
        assertThat(Moments.of("4711", now).getRevision()).isEqualTo(4711);
        assertThat(Moments.of("2026-01-01T13:00:00+02:00", now).getTime()).isEqualTo("2026-01-01T11:00:00Z");
        assertThat(Moments.of("90s", now).getTime()).isEqualTo("2026-01-01T11:58:30Z");
        assertThat(Moments.of("5m", now).getTime()).isEqualTo("2026-01-01T11:55:00Z");
        assertThatThrownBy(() -> Moments.of("yesterday", now))
                .hasMessageContaining("\"yesterday\" is no point in the past");
    }

    @Test
    void thePastHasItsUsage() {
        assertThat(run("diff", "deployment/a").err()).contains("since when? Give --at");
        assertThat(run("history").err()).contains("keelson history deployment/hello");
        assertThat(run("why", "a/b", "c/d").err()).contains("one object at a time");
        assertThat(run("undo", "deployment/a", "--set", "s").err()).contains("give neither an object nor --to");
        assertThat(run("undo", "deployment/a", "--dry-run", "client").err()).contains("--dry-run is none or server");
    }
}
