package io.keelson.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.PodStatus;
import io.keelson.agent.rpc.HostPort;
import io.keelson.proto.v1.LogsQuestion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a whole agent does what a control plane asks. Method: a real agent with the process runtime, real processes, and a control plane made
 * by hand behind real mutual TLS.
 */
class AgentTest {
    @TempDir
    Path directory;

    private TestCertificates tls;
    private FakeControlPlane control;
    private Agent agent;

    @BeforeEach
    void start() throws Exception {
        tls = TestCertificates.make(directory, "n1");
        control = new FakeControlPlane(tls, 0);
        agent = Agent.start(config());
    }

    @AfterEach
    void end() throws Exception {
        agent.close();
        control.close();
        Teardown.run(RuntimeKind.PROCESS, directory.resolve("node"));
    }

    private AgentConfig config() {
        return new AgentConfig(
                "n1",
                directory.resolve("node"),
                List.of(new HostPort("127.0.0.1", control.port())),
                tls.certificate(),
                tls.key(),
                tls.certificate(),
                RuntimeKind.PROCESS,
                "127.0.0.1",
                directory.resolve("images"),
                Map.of("zone", "a"));
    }

    private static String pod(String name, String uid, String spec) {
        return """
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"%s","namespace":"default","uid":"%s"},"spec":%s}""".formatted(name, uid, spec);
    }

    /** A container that runs a shell script. */
    private static String container(String name, String script, String more) {
        return """
                {"name":"%s","image":"localhost/machine","imagePullPolicy":"IfNotPresent","command":["sh","-c","%s"]%s}""".formatted(name, script, more);
    }

    private boolean is(String pod, Predicate<PodStatus> condition) {
        return control.status(pod).filter(condition).isPresent();
    }

    private static boolean ready(PodStatus status) {
        return status.getConditions().stream()
                .anyMatch(c -> "Ready".equals(c.getType()) && "True".equals(c.getStatus()));
    }

    @Test
    void registersTheNodeWithWhatItHasAndBecomesReady() throws Exception {
        control.await("a Ready node", () -> control.node().contains("\"reason\":\"KubeletReady\""));
        assertThat(control.node()).contains("\"type\":\"InternalIP\"", "\"pods\":\"110\"", "no isolation");
        assertThat(agent.registrationProblem()).isEmpty();
        int before = control.heartbeats();
        control.await("further heartbeats", () -> control.heartbeats() > before + 1);
    }

    @Test
    void aPodRunsBecomesReadyByItsProbeShowsItsLogAndEnds() throws Exception {
        control.put("configmaps", """
                {"metadata":{"name":"c","namespace":"default"},"data":{"greeting":"hello"}}""");
        control.put("pods", pod("web", "u-1", """
                {"restartPolicy":"Always","terminationGracePeriodSeconds":5,"containers":[%s]}""".formatted(container(
                "main",
                "echo $GREETING from $IP; trap 'echo bye; exit 0' TERM; while true; do sleep 0.1; done",
                """
                        ,"env":[{"name":"GREETING","valueFrom":{"configMapKeyRef":{"name":"c","key":"greeting"}}},
                                {"name":"IP","valueFrom":{"fieldRef":{"fieldPath":"status.podIP"}}}],
                        "readinessProbe":{"exec":{"command":["test","-e","%s"]},"periodSeconds":1}""".formatted(directory.resolve("ready"))))));
        control.await("running", () -> is("web", s -> "Running".equals(s.getPhase())));
        var running = control.status("web").orElseThrow();
        assertThat(ready(running)).isFalse();
        assertThat(running.getPodIP()).startsWith("127.");
        control.await(
                "unhealthy",
                () -> control.events().stream().anyMatch(e -> e.startsWith("Unhealthy web spec.containers{main}")));
        Files.createFile(directory.resolve("ready"));
        control.await("ready", () -> is("web", AgentTest::ready));

        control.await("a tunnel", control::hasTunnel);
        long all = control.ask(LogsQuestion.newBuilder()
                .setNamespace("default")
                .setPod("web")
                .setUid("u-1")
                .setContainer("main")
                .build());
        control.await("the log", () -> control.answer(all).endsWith("<done>"));
        assertThat(control.answer(all)).isEqualTo("hello from " + running.getPodIP() + "\n<done>");
        long follow = control.ask(LogsQuestion.newBuilder()
                .setNamespace("default")
                .setPod("web")
                .setContainer("main")
                .setFollow(true)
                .build());
        control.await("the log so far", () -> control.answer(follow).contains("hello"));

        control.requestDeletion("default", "web", 5);
        control.await("the end", () -> control.ended().contains("web"));
        control.await("the followed log's end", () -> control.answer(follow).endsWith("bye\n<done>"));
        assertThat(control.status("web").orElseThrow().getPhase()).isEqualTo("Succeeded");
        assertThat(control.events()).anyMatch(e -> e.startsWith("Killing web"));
        control.await("no files left", () -> !Files.exists(directory.resolve("node/pods/u-1")));
    }

    @Test
    void aNewAgentPicksUpWhatRuns() throws Exception {
        control.put("pods", pod("keeps", "u-2", """
                {"restartPolicy":"Always","containers":[%s]}""".formatted(
                        container("main", "echo started $$; while true; do sleep 0.1; done", ""))));
        control.await("ready", () -> is("keeps", AgentTest::ready));
        var before = control.status("keeps")
                .orElseThrow()
                .getContainerStatuses()
                .getFirst()
                .getContainerID();
        // The process notes its number itself, which may be a moment after it is seen to run.
        control.await("the number of the process", this::onePidIsNoted);
        agent.close();
        assertThat(runningPids()).hasSize(1);
        var pids = runningPids();

        agent = Agent.start(config());
        control.put("pods", pod("other", "u-3", """
                {"restartPolicy":"Never","containers":[%s]}""".formatted(container("main", "exit 0", ""))));
        control.await("the new agent at work", () -> is("other", s -> "Succeeded".equals(s.getPhase())));
        assertThat(runningPids()).isEqualTo(pids);
        var after = control.status("keeps").orElseThrow().getContainerStatuses().getFirst();
        assertThat(after.getContainerID()).isEqualTo(before);
        assertThat(after.getRestartCount()).isZero();
    }

    @Test
    void afterASilenceNodeAndPodsAreReportedAgainThoughNothingHasChanged() throws Exception {
        control.put(
                "pods", pod("steady", "u-9", """
                {"restartPolicy":"Always","containers":[%s]}""".formatted(container("main", "while true; do sleep 0.1; done", ""))));
        control.await("ready", () -> is("steady", AgentTest::ready));
        control.deaf(true);
        long silent = System.nanoTime();
        control.await("some heartbeats missed", () -> System.nanoTime() - silent > 4_000_000_000L);
        assertThat(control.node()).isEmpty();
        control.deaf(false);
        control.await("node and pod reported again", () -> !control.node().isEmpty() && is("steady", AgentTest::ready));
    }

    private boolean onePidIsNoted() {
        try {
            return runningPids().size() == 1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> runningPids() throws IOException {
        try (var homes = Files.list(directory.resolve("node/process/containers"))) {
            return homes.map(h -> h.resolve("pid"))
                    .filter(Files::exists)
                    .map(p -> {
                        try {
                            return Files.readString(p).strip();
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .filter(pid -> !pid.isEmpty())
                    .filter(pid -> ProcessHandle.of(Long.parseLong(pid))
                            .filter(ProcessHandle::isAlive)
                            .isPresent())
                    .toList();
        }
    }

    @Test
    void aFailingContainerIsRestartedWithBackOffAndAnInitContainerGoesFirst() throws Exception {
        control.put("pods", pod("crash", "u-4", """
                {"restartPolicy":"Always","initContainers":[%s],"containers":[%s]}""".formatted(
                        container("first", "echo init", ""), container("main", "echo again; exit 3", ""))));
        control.await(
                "back-off",
                () -> is("crash", s -> {
                    var main = s.getContainerStatuses().getFirst();
                    return main.getState().getWaiting() != null
                            && "CrashLoopBackOff"
                                    .equals(main.getState().getWaiting().getReason())
                            && main.getRestartCount() == 1;
                }));
        var status = control.status("crash").orElseThrow();
        assertThat(status.getPhase()).isEqualTo("Running");
        assertThat(status.getContainerStatuses()
                        .getFirst()
                        .getLastState()
                        .getTerminated()
                        .getExitCode())
                .isEqualTo(3);
        assertThat(status.getInitContainerStatuses()
                        .getFirst()
                        .getState()
                        .getTerminated()
                        .getReason())
                .isEqualTo("Completed");
        control.await("a BackOff event", () -> control.events().stream().anyMatch(e -> e.startsWith("BackOff crash")));
        control.await("a tunnel", control::hasTunnel);
        long previous = control.ask(LogsQuestion.newBuilder()
                .setNamespace("default")
                .setPod("crash")
                .setUid("u-4")
                .setContainer("main")
                .setPrevious(true)
                .build());
        control.await("the log before", () -> control.answer(previous).endsWith("<done>"));
        assertThat(control.answer(previous)).isEqualTo("again\n<done>");
    }

    @Test
    void aMissingConfigMapIsNamedAndAwaited() throws Exception {
        control.put("pods", pod("waits", "u-5", """
                {"restartPolicy":"Never","containers":[%s]}""".formatted(container("main", "echo $A", """
                        ,"env":[{"name":"A","valueFrom":{"configMapKeyRef":{"name":"late","key":"a"}}}]"""))));
        control.await(
                "the error",
                () -> is("waits", s -> {
                    var waiting = s.getContainerStatuses().getFirst().getState().getWaiting();
                    return waiting != null
                            && "CreateContainerConfigError".equals(waiting.getReason())
                            && waiting.getMessage().equals("configmap \"late\" not found");
                }));
        control.put("configmaps", """
                {"metadata":{"name":"late","namespace":"default"},"data":{"a":"b"}}""");
        control.await("success", () -> is("waits", s -> "Succeeded".equals(s.getPhase())));
    }

    @Test
    void anUnknownImageIsSaidToBeMissing() throws Exception {
        control.put("pods", pod("noimage", "u-6", """
                {"containers":[{"name":"main","image":"example.invalid/none:1"}]}"""));
        control.await(
                "the error",
                () -> is("noimage", s -> {
                    var waiting = s.getContainerStatuses().getFirst().getState().getWaiting();
                    return waiting != null && "ImagePullBackOff".equals(waiting.getReason());
                }));
        assertThat(control.status("noimage").orElseThrow().getPhase()).isEqualTo("Pending");
        assertThat(control.events()).anyMatch(e -> e.contains("put an archive of it"));
    }

    @Test
    void aPodThatIsGoneFromTheControlPlaneIsStopped() throws Exception {
        control.put(
                "pods", pod("orphan", "u-7", """
                {"terminationGracePeriodSeconds":1,"containers":[%s]}""".formatted(container("main", "while true; do sleep 0.1; done", ""))));
        control.await("ready", () -> is("orphan", AgentTest::ready));
        control.delete("pods", "default", "orphan");
        control.await("no container left", () -> {
            try (var homes = Files.list(directory.resolve("node/process/containers"))) {
                return homes.findAny().isEmpty();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        assertThat(control.ended()).isEmpty();
    }

    @Test
    void podsAreCaredForWhileTheControlPlaneIsAway() throws Exception {
        control.put("pods", pod("alone", "u-8", """
                {"restartPolicy":"Always","containers":[%s]}""".formatted(container(
                "main",
                "while test ! -e " + directory.resolve("stop-once") + "; do sleep 0.1; done; rm "
                        + directory.resolve("stop-once"),
                ""))));
        control.await("ready", () -> is("alone", AgentTest::ready));
        int port = control.port();
        control.close();
        Files.createFile(directory.resolve("stop-once"));
        var back = new FakeControlPlane(tls, port);
        back.put("pods", pod("alone", "u-8", """
                {"restartPolicy":"Always","containers":[%s]}""".formatted(container(
                "main",
                "while test ! -e " + directory.resolve("stop-once") + "; do sleep 0.1; done; rm "
                        + directory.resolve("stop-once"),
                ""))));
        control = back;
        control.await(
                "the restart reported",
                () -> is(
                        "alone",
                        s -> ready(s) && s.getContainerStatuses().getFirst().getRestartCount() == 1));
        assertThat(control.status("alone")
                        .orElseThrow()
                        .getContainerStatuses()
                        .getFirst()
                        .getState()
                        .getRunning())
                .isNotNull();
    }

    @Test
    void aNodePortLeadsToThePod() throws Exception {
        int free;
        try (var probe = new ServerSocket(0)) {
            free = probe.getLocalPort();
        }
        int nodePort = free;
        control.put("services", """
                {"metadata":{"name":"s","namespace":"default"},"spec":{"type":"NodePort","clusterIP":"10.96.0.9",
                 "ports":[{"port":80,"nodePort":%d,"protocol":"TCP"}]}}""".formatted(nodePort));
        try (var endpoint = new ServerSocket(0)) {
            control.put("endpointslices", """
                    {"metadata":{"name":"s-1","namespace":"default","labels":{"kubernetes.io/service-name":"s"}},"addressType":"IPv4",
                     "ports":[{"port":%d,"protocol":"TCP"}],"endpoints":[{"addresses":["127.0.0.1"],"conditions":{"ready":true}}]}""".formatted(endpoint.getLocalPort()));
            var answering = Thread.ofVirtual().start(() -> {
                try (var connection = endpoint.accept()) {
                    connection.getOutputStream().write("here".getBytes(StandardCharsets.UTF_8));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            control.await("an answer", () -> {
                try (var client = new Socket(InetAddress.getLoopbackAddress(), nodePort)) {
                    return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8).equals("here");
                } catch (IOException e) {
                    return false;
                }
            });
            answering.join();
        }
    }

    @Test
    void aSecondAgentOnTheSameDirectoryIsRefused() {
        assertThatThrownBy(() -> Agent.start(config())).hasMessageContaining("another agent runs on this directory");
    }
}
