package io.keelson.chaos.run;

import io.grpc.StatusRuntimeException;
import io.keelson.chaos.check.Violation;
import io.keelson.chaos.client.Client;
import io.keelson.chaos.client.Recorder;
import io.keelson.chaos.cluster.DockerMachines;
import io.keelson.chaos.cluster.Ensemble;
import io.keelson.chaos.cluster.Machines;
import io.keelson.chaos.cluster.Membership;
import io.keelson.chaos.cluster.NamespaceMachines;
import io.keelson.chaos.cluster.PeerProxy;
import io.keelson.chaos.cluster.Switches;
import io.keelson.chaos.history.Keys;
import io.keelson.chaos.history.Recording;
import io.keelson.chaos.history.Result;
import io.keelson.chaos.history.Result.Body;
import io.keelson.chaos.nemesis.Kind;
import io.keelson.chaos.nemesis.Nemesis;
import io.keelson.chaos.nemesis.Planned;
import io.keelson.chaos.nemesis.Schedule;
import io.keelson.chaos.nemesis.Span;
import io.keelson.chaos.report.HistoryFile;
import io.keelson.chaos.report.Report;
import io.keelson.chaos.workload.Workload;
import io.keelson.proto.etcd.HashKVRequest;
import io.keelson.proto.etcd.HashKVResponse;
import io.keelson.proto.etcd.MaintenanceGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** One run: members come up, clients work, faults happen, everything heals, the judges speak. */
public final class Run {

    private static final long START_SECONDS = 180;
    private static final long RECOVER_SECONDS = 120;
    private static final long LEASES_SECONDS = 40;
    private static final long CATCH_UP_SECONDS = 60;
    private static final long POLL_MILLIS = 100;
    private static final long PROGRESS_SECONDS = 10;
    private static final int LOG_LINES = 15;
    private static final int SHOWN_VIOLATIONS = 5;

    private final Settings settings;
    private final Path repository;
    private final Path directory;
    private final Recorder recorder = new Recorder();
    private final List<Violation> noticed = new ArrayList<>();
    private int clients;

    /**
     * A run that has not begun.
     *
     * @param repository Keelson's source tree
     * @param directory for members' data and logs; empty, and left to the caller to remove
     */
    public Run(Settings settings, Path repository, Path directory) {
        this.settings = settings;
        this.repository = repository.toAbsolutePath().normalize();
        this.directory = directory.toAbsolutePath().normalize();
    }

    /** Does it all, and writes the report. */
    public Verdict run() throws IOException, InterruptedException {
        say("seed " + settings.seed() + ", " + settings.members() + " members of "
                + settings.product().name().toLowerCase(Locale.ROOT) + ", " + settings.seconds() + " s"
                + settings.fault().map(fault -> ", planted fault " + fault).orElse(""));
        List<Span> spans;
        try (Ensemble ensemble = ensemble()) {
            ensemble.members().forEach(ensemble::start);
            List<Integer> silent = ensemble.awaitAnswers(ensemble.members(), START_SECONDS);
            if (!silent.isEmpty()) {
                silent.forEach(member -> say("log of m" + (member + 1) + ":\n" + ensemble.logTail(member, LOG_LINES)));
                throw new IllegalStateException("members " + silent + " do not come up");
            }
            say("all members answer");
            spans = work(ensemble);
            keepLogs(ensemble);
        }
        Recording recording = recorder.recording();
        say("judging " + recording.ops().size() + " operations");
        Verdict verdict = Judges.judge(recording, noticed, settings.fencing());
        Path report = repository.resolve("chaos-tests/target/chaos").resolve(Long.toString(settings.seed()));
        Files.createDirectories(report);
        HistoryFile.write(report.resolve("history.txt"), recording);
        Report.write(report.resolve("report.html"), settings, recording, spans, verdict);
        tell(verdict, report);
        return verdict;
    }

    private Ensemble ensemble() {
        Optional<Path> faketime = Optional.empty();
        if (settings.kinds().contains(Kind.CLOCK)) {
            faketime = Switches.findFaketime();
            if (faketime.isEmpty()) {
                throw new IllegalStateException(
                        "clocks are moved by libfaketime, which is not installed (Debian: apt-get install faketime);"
                                + " or name other nemeses than clock");
            }
        }
        boolean disk =
                settings.kinds().contains(Kind.DISK_SLOW) || settings.kinds().contains(Kind.DISK_FAIL);
        Machines machines = settings.containers()
                ? new DockerMachines(directory, settings.product().reads(repository))
                : new NamespaceMachines(directory, settings.slots());
        if (settings.kinds().contains(Kind.DISK_FULL)) {
            SmallDisks.mount(machines, settings.slots());
        }
        Optional<PeerProxy> proxy = settings.kinds().contains(Kind.LINK)
                ? Optional.of(new PeerProxy(settings.slots(), settings.seed()))
                : Optional.empty();
        say("members run in " + machines.kind() + (proxy.isPresent() ? ", a proxy between them" : ""));
        return new Ensemble(
                settings.product(),
                machines,
                new Switches(settings.fault(), disk, faketime),
                proxy,
                settings.members(),
                settings.slots(),
                settings.electionMillis());
    }

    // ---- work ------------------------------------------------------------------------------------------------------

    private List<Span> work(Ensemble ensemble) throws InterruptedException {
        var stop = new AtomicBoolean();
        var stopFollowers = new AtomicBoolean();
        var random = new Random(settings.seed());
        List<Client> open = new ArrayList<>();
        List<Follower> followers = new ArrayList<>();
        List<Future<?>> working = new ArrayList<>();
        List<Future<?>> following = new ArrayList<>();
        List<Client> workers = new ArrayList<>();
        var membership = new Membership(ensemble);
        var nemesis = new Nemesis(
                ensemble,
                membership,
                recorder,
                client(open, "operator", 0),
                () -> followers.stream().mapToLong(Follower::passed).max().orElse(0),
                this::say);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int member : ensemble.slots()) {
                var follower = new Follower(client(open, "follower", member));
                followers.add(follower);
                following.add(start(threads, () -> follower.run(stopFollowers::get)));
            }
            for (Workload workload : settings.workloads()) {
                for (int i = 0; i < workload.clients(); i++) {
                    Client client = client(open, workload.word(), clients % settings.members());
                    workers.add(client);
                    var choices = new Random(random.nextLong());
                    working.add(start(threads, () -> workload.run(client, choices, stop::get)));
                }
            }
            Future<?> progress = start(threads, () -> progress(ensemble, workers, stop::get));
            List<Planned> plan = Schedule.plan(settings.kinds(), settings.slots(), settings.seconds(), settings.seed());
            try {
                nemesis.run(plan, settings.seconds());
                heal(ensemble, membership);
            } finally {
                stop.set(true);
            }
            for (Future<?> one : working) {
                join(one);
            }
            join(progress);
            settle(ensemble, followers, open);
            stopFollowers.set(true);
            for (Future<?> one : following) {
                join(one);
            }
        } finally {
            open.forEach(Client::close);
        }
        return nemesis.spans();
    }

    private interface Task {
        void run() throws InterruptedException;
    }

    private static Future<?> start(ExecutorService threads, Task task) {
        return threads.submit((Callable<Boolean>) () -> {
            task.run();
            return true;
        });
    }

    private static void join(Future<?> task) throws InterruptedException {
        try {
            task.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a client of the harness broke", e.getCause());
        }
    }

    private Client client(List<Client> open, String workload, int member) {
        var client = new Client(clients++, workload, member, Ensemble.clientAddress(member), recorder);
        open.add(client);
        return client;
    }

    /** Tells how it goes, and moves clients to where members are. */
    private void progress(Ensemble ensemble, List<Client> workers, BooleanSupplier stop) throws InterruptedException {
        int before = recorder.count();
        long next = recorder.now();
        List<Integer> voters = ensemble.voters();
        while (!stop.getAsBoolean()) {
            Thread.sleep(POLL_MILLIS);
            if (!ensemble.voters().equals(voters)) {
                voters = ensemble.voters();
                for (int i = 0; i < workers.size(); i++) {
                    int member = voters.get(i % voters.size());
                    workers.get(i).moveTo(member, Ensemble.clientAddress(member));
                }
            }
            if (recorder.now() > next + TimeUnit.SECONDS.toNanos(PROGRESS_SECONDS)) {
                next = recorder.now();
                int now = recorder.count();
                say((now - before) / PROGRESS_SECONDS + " operations a second, revision " + recorder.newest()
                        + ", leader "
                        + (ensemble.leader().isPresent()
                                ? "m" + (ensemble.leader().orElse(0) + 1)
                                : "unknown"));
                before = now;
            }
        }
    }

    // ---- the end ---------------------------------------------------------------------------------------------------

    private void heal(Ensemble ensemble, Membership membership) {
        for (int member : ensemble.fallen()) {
            say("m" + (member + 1) + " has ended by itself:\n" + ensemble.logTail(member, LOG_LINES));
            if (!ensemble.isExcused(member)) {
                noticed.add(Violation.of("members stay up", "m" + (member + 1) + " ended by itself"));
            }
        }
        List<Integer> started = ensemble.heal();
        say("healed" + (started.isEmpty() ? "" : ", started " + started.size()) + "; waiting for all members");
        if (settings.kinds().contains(Kind.MEMBER)) {
            membership.settle(RECOVER_SECONDS).ifPresent(wrong -> noticed.add(Violation.of("recovery", wrong)));
            say("members are " + Ensemble.names(ensemble.members()));
        }
        for (int member : ensemble.awaitAnswers(ensemble.members(), RECOVER_SECONDS)) {
            noticed.add(Violation.of(
                    "recovery",
                    "m" + (member + 1) + " does not answer " + RECOVER_SECONDS + " s after all was healed"));
            say("log of m" + (member + 1) + ":\n" + ensemble.logTail(member, LOG_LINES));
        }
    }

    /** Waits until leases have run out and all followers have come to the end; then compares the members. */
    private void settle(Ensemble ensemble, List<Follower> followers, List<Client> open) throws InterruptedException {
        List<Client> last = ensemble.members().stream()
                .map(member -> client(open, "last", member))
                .toList();
        long deadline = recorder.now() + TimeUnit.SECONDS.toNanos(LEASES_SECONDS);
        List<String> leased = leased(last.getFirst());
        while (!leased.isEmpty() && recorder.now() < deadline) {
            Thread.sleep(5 * POLL_MILLIS);
            leased = leased(last.getFirst());
        }
        if (!leased.isEmpty()) {
            noticed.add(Violation.of(
                    "a lease ends after its time",
                    "after " + LEASES_SECONDS + " s without renewal there are " + leased));
        }
        for (Client client : last) {
            client.read(Keys.ALL);
            client.read(Keys.ALL, true, 0);
        }
        long end = recorder.newest();
        deadline = recorder.now() + TimeUnit.SECONDS.toNanos(CATCH_UP_SECONDS);
        for (int member : ensemble.members()) {
            while (followers.get(member).passed() < end && recorder.now() < deadline) {
                Thread.sleep(POLL_MILLIS);
            }
            if (followers.get(member).passed() < end) {
                noticed.add(Violation.of(
                        "watch: Reliable",
                        "the watch of all on m" + (member + 1) + " came to revision "
                                + followers.get(member).passed() + " and not to " + end));
            }
        }
        compareHashes(ensemble, end);
    }

    private static List<String> leased(Client client) {
        return client.read(Keys.ALL) instanceof Result.Ok(long _, Body.Found found)
                ? found.versions().stream()
                        .filter(version -> version.lease() != 0)
                        .map(version -> version.key())
                        .toList()
                : List.of("(no answer)");
    }

    private void compareHashes(Ensemble ensemble, long revision) {
        Map<String, List<String>> hashes = new TreeMap<>();
        for (int member : ensemble.members()) {
            try {
                HashKVResponse answer = MaintenanceGrpc.newBlockingStub(ensemble.channel(member))
                        .withDeadlineAfter(10, TimeUnit.SECONDS)
                        .hashKV(HashKVRequest.newBuilder().setRevision(revision).build());
                hashes.computeIfAbsent(
                                Integer.toHexString(answer.getHash()) + " (compacted at " + answer.getCompactRevision()
                                        + ")",
                                _ -> new ArrayList<>())
                        .add("m" + (member + 1));
            } catch (StatusRuntimeException e) {
                say("no hash of m" + (member + 1) + ": " + e.getStatus());
            }
        }
        if (hashes.size() > 1) {
            noticed.add(Violation.of("equal members", "hashes at revision " + revision + " differ: " + hashes));
        }
    }

    private void keepLogs(Ensemble ensemble) throws IOException {
        Path logs = repository.resolve("chaos-tests/target/chaos").resolve(Long.toString(settings.seed()));
        Files.createDirectories(logs);
        for (int member : ensemble.slots()) {
            Path log = ensemble.directory(member).resolve("log");
            if (Files.exists(log)) {
                Files.copy(log, logs.resolve("m" + (member + 1) + ".log"), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private void tell(Verdict verdict, Path report) {
        verdict.notes().forEach(this::say);
        Map<String, List<Violation>> byRule = new TreeMap<>();
        verdict.violations()
                .forEach(one -> byRule.computeIfAbsent(one.rule(), _ -> new ArrayList<>())
                        .add(one));
        byRule.forEach((rule, all) -> {
            System.out.println("VIOLATION of \"" + rule + "\", " + all.size() + " times:");
            all.stream()
                    .limit(SHOWN_VIOLATIONS)
                    .forEach(one -> System.out.println("    " + one.text().replace("\0", "\\0")));
        });
        System.out.println("report: " + repository.relativize(report).resolve("report.html"));
        System.out.println(
                verdict.good()
                        ? "VERDICT: good, seed " + settings.seed()
                        : "VERDICT: BAD, " + verdict.violations().size() + " violations of " + byRule.keySet()
                                + ", seed " + settings.seed());
    }

    private void say(String what) {
        System.out.printf(Locale.ROOT, "%7.1f s  %s%n", recorder.now() / 1e9, what);
    }
}
