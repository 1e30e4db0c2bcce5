package io.keelson.chaos.cluster;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.keelson.proto.etcd.KVGrpc;
import io.keelson.proto.etcd.MaintenanceGrpc;
import io.keelson.proto.etcd.MoveLeaderRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.StatusRequest;
import io.keelson.proto.etcd.StatusResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The members under test, and all that can be done to them. From one thread, but for the questions. */
public final class Ensemble implements AutoCloseable {

    /** Where members serve clients. */
    static final int CLIENT_PORT = 2379;

    /** Where members serve each other. */
    static final int PEER_PORT = 2380;

    private static final long ASK_MILLIS = 1_000;
    private static final long POLL_MILLIS = 100;

    private record Way(int from, int to) {}

    /** Log entries between snapshots: few, so that a member that was away for seconds needs one. */
    private static final int SNAPSHOT_COUNT = 300;

    private static final int HEARTBEATS_IN_ELECTION = 5;

    private final Product product;
    private final int electionMillis;
    private final Machines machines;
    private final Switches switches;
    private final Optional<PeerProxy> proxy;
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final List<Integer> first;
    private final Set<Integer> members = new TreeSet<>();
    private final Set<Integer> learners = new TreeSet<>();
    /** Removed, and their machines not yet taken away. */
    private final Set<Integer> leaving = new TreeSet<>();
    /** With what a member starts, from its first start until it loses its disk. */
    private final Map<Integer, List<String>> commands = new HashMap<>();
    /** Without data, and not yet seen to have got any from the others. */
    private final Set<Integer> joining = new TreeSet<>();

    private final Set<Integer> meantToRun = new TreeSet<>();
    private final Set<Integer> excused = new TreeSet<>();
    private final Set<Integer> paused = new TreeSet<>();
    private final Set<Way> cuts = new HashSet<>();

    /**
     * An ensemble that does not run yet.
     *
     * @param product what is under test
     * @param machines where
     * @param switches test switches of the members
     * @param proxy between the members, if there is to be one
     * @param members how many there are at first, on the first machines
     * @param slots how many machines there are
     * @param electionMillis silence of a leader before the others elect
     */
    public Ensemble(
            Product product,
            Machines machines,
            Switches switches,
            Optional<PeerProxy> proxy,
            int members,
            int slots,
            int electionMillis) {
        this.electionMillis = electionMillis;
        this.product = product;
        this.machines = machines;
        this.switches = switches;
        this.proxy = proxy;
        this.first = IntStream.range(0, members).boxed().toList();
        this.members.addAll(first);
        for (int member = 0; member < slots; member++) {
            channels.add(NettyChannelBuilder.forTarget(clientAddress(member))
                    .usePlaintext()
                    .disableRetry()
                    .build());
        }
    }

    /** Indexes of all machines, whether there is a member on them or not. */
    public List<Integer> slots() {
        return IntStream.range(0, channels.size()).boxed().toList();
    }

    /** Indexes of all members, as far as is known: a change without an answer may have made it otherwise. */
    public synchronized List<Integer> members() {
        return List.copyOf(members);
    }

    /** Members that have a vote. */
    public synchronized List<Integer> voters() {
        return members.stream().filter(member -> !learners.contains(member)).toList();
    }

    /** Members that have none. */
    public synchronized List<Integer> learners() {
        return List.copyOf(learners);
    }

    /** Machines without a member. */
    public synchronized List<Integer> vacant() {
        return slots().stream()
                .filter(slot -> !members.contains(slot) && !leaving.contains(slot))
                .toList();
    }

    /** {@code host:port} where a member serves clients. */
    public static String clientAddress(int member) {
        return Machines.address(member) + ":" + CLIENT_PORT;
    }

    /** Where a member is reached by the others. */
    String peerUrl(int member) {
        return proxy.isPresent()
                ? "http://" + Machines.HARNESS + ":" + (PeerProxy.FIRST_PORT + member)
                : "http://" + Machines.address(member) + ":" + PEER_PORT;
    }

    /** The machine behind a peer URL. */
    int slotOf(String peerUrl) {
        return slots().stream()
                .filter(slot -> peerUrl(slot).equals(peerUrl))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nobody was given the peer URL " + peerUrl));
    }

    private List<String> command(int member) {
        // As operators do it: the first members with the first list, whoever comes later, or anew, with the list as it
        // is.
        boolean existing = joining.contains(member);
        List<Integer> listed = existing ? members() : first;
        String client = "http://" + clientAddress(member);
        var command = new ArrayList<>(switches.environment(directory(member)));
        command.addAll(product.program(switches.options(directory(member))));
        command.addAll(List.of(
                "--name",
                name(member),
                "--data-dir",
                data(member).toString(),
                "--listen-client-urls",
                client,
                "--advertise-client-urls",
                client,
                "--listen-peer-urls",
                "http://" + Machines.address(member) + ":" + PEER_PORT,
                "--initial-advertise-peer-urls",
                peerUrl(member),
                "--initial-cluster",
                listed.stream().map(one -> name(one) + "=" + peerUrl(one)).collect(Collectors.joining(",")),
                "--initial-cluster-token",
                "chaos",
                "--heartbeat-interval",
                Integer.toString(electionMillis / HEARTBEATS_IN_ELECTION),
                "--election-timeout",
                Integer.toString(electionMillis),
                "--snapshot-count",
                Integer.toString(SNAPSHOT_COUNT),
                "--initial-cluster-state",
                existing ? "existing" : "new"));
        return List.copyOf(command);
    }

    private static String name(int member) {
        return "m" + (member + 1);
    }

    /** Members by name, for people. */
    public static String names(Collection<Integer> members) {
        return members.stream().map(Ensemble::name).collect(Collectors.joining(" "));
    }

    private Path data(int member) {
        return machines.directory(member).resolve("data");
    }

    // ---- processes -------------------------------------------------------------------------------------------------

    /** Starts a member that does not run, with the cuts of its network as they are. */
    public synchronized void start(int member) {
        meantToRun.add(member);
        // One that joins ends if it finds no leader to ask.
        if (joining.contains(member)) {
            excused.add(member);
        } else {
            excused.remove(member);
        }
        machines.start(member, commands.computeIfAbsent(member, this::command));
        applyCuts(member);
    }

    /** SIGKILL; returns when it is gone. */
    public synchronized void kill(int member) {
        meantToRun.remove(member);
        paused.remove(member);
        machines.signal(member, "KILL");
    }

    /** SIGSTOP. */
    public synchronized void pause(int member) {
        if (machines.isRunning(member)) {
            paused.add(member);
            machines.signal(member, "STOP");
        }
    }

    /** SIGCONT. */
    public synchronized void resume(int member) {
        if (paused.remove(member)) {
            machines.signal(member, "CONT");
        }
    }

    /** Removes everything that a member, which does not run, has on disk. */
    public synchronized void wipe(int member) {
        if (machines.isRunning(member)) {
            throw new IllegalStateException("member " + (member + 1) + " runs");
        }
        commands.remove(member);
        joining.add(member);
        if (!Files.exists(data(member))) {
            return;
        }
        try (Stream<Path> files = Files.walk(data(member))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A member's directory on disk, with its log and data. */
    public Path directory(int member) {
        return machines.directory(member);
    }

    /** Members that have ended though nobody ended them. */
    public synchronized List<Integer> fallen() {
        return meantToRun.stream().filter(member -> !machines.isRunning(member)).toList();
    }

    /** A member may end by itself, until it is started again: its disk is sick. */
    public synchronized void excuse(int member) {
        excused.add(member);
    }

    /** Whether a member may have ended by itself. */
    public synchronized boolean isExcused(int member) {
        return excused.contains(member);
    }

    /** Whether a member's process is there. */
    public synchronized boolean isRunning(int member) {
        return machines.isRunning(member);
    }

    /** Whether a member's process runs and is not stopped. */
    public synchronized boolean isUp(int member) {
        return machines.isRunning(member) && !paused.contains(member);
    }

    /** Undoes everything: nothing is cut, paused or down. Returns the members that had to be started. */
    public synchronized List<Integer> heal() {
        cuts.clear();
        clearLinks();
        var started = new ArrayList<Integer>();
        for (int member : members()) {
            resume(member);
            if (machines.isRunning(member)) {
                applyCuts(member);
            } else {
                start(member);
                started.add(member);
            }
        }
        return started;
    }

    // ---- who is a member: see Membership ---------------------------------------------------------------------------

    /** A machine holds a member from now on, which does not run yet and has no data: a learner. */
    synchronized void enrol(int slot) {
        members.add(slot);
        learners.add(slot);
        wipe(slot);
    }

    /** Whether a member has no vote. */
    synchronized void mark(int member, boolean learner) {
        if (learner) {
            learners.add(member);
        } else {
            learners.remove(member);
        }
    }

    /** Whether a member's end by itself would be wrong. Nothing is expected of one that was killed. */
    synchronized void expect(int member, boolean running) {
        if (!running) {
            meantToRun.remove(member);
        } else if (machines.isRunning(member)) {
            meantToRun.add(member);
        }
    }

    /** A member was removed; its machine is still there. */
    synchronized void leave(int member) {
        members.remove(member);
        learners.remove(member);
        meantToRun.remove(member);
        leaving.add(member);
    }

    /** A removed member's machine is stopped and its data removed. */
    synchronized void dismiss(int member) {
        leave(member);
        kill(member);
        wipe(member);
        leaving.remove(member);
    }

    // ---- the network -----------------------------------------------------------------------------------------------

    /** Nothing that one sends reaches the other any more. */
    public synchronized void cut(int from, int to) {
        cuts.add(new Way(from, to));
        applyIfUp(from);
        applyIfUp(to);
    }

    /** What one sends reaches the other again. */
    public synchronized void mend(int from, int to) {
        cuts.remove(new Way(from, to));
        applyIfUp(from);
        applyIfUp(to);
    }

    private void applyIfUp(int member) {
        if (machines.isRunning(member)) {
            applyCuts(member);
        }
    }

    /**
     * Packets from a peer are dropped as they arrive. Behind a proxy they come from the harness, so there the way to the proxy's port for a
     * peer is cut, for packets that leave.
     */
    private void applyCuts(int member) {
        var rules = new StringBuilder("table inet chaos\ndelete table inet chaos\ntable inet chaos {\n");
        rules.append("  chain arriving { type filter hook input priority 0;\n");
        for (Way cut : cuts) {
            if (cut.to == member) {
                rules.append("    ip saddr ").append(Machines.address(cut.from)).append(" drop\n");
            }
        }
        rules.append("  }\n  chain leaving { type filter hook output priority 0;\n");
        for (Way cut : cuts) {
            if (cut.from == member && proxy.isPresent()) {
                rules.append("    ip daddr ")
                        .append(Machines.HARNESS)
                        .append(" tcp dport ")
                        .append(PeerProxy.FIRST_PORT + cut.to)
                        .append(" drop\n");
            }
        }
        rules.append("  }\n}\n");
        machines.rules(member, rules.toString());
    }

    /** Sets the way from one member to another. */
    public void link(int from, int to, Link link) {
        proxy.orElseThrow(() -> new IllegalStateException("there is no proxy between the members"))
                .set(from, to, link);
    }

    private void clearLinks() {
        proxy.ifPresent(between -> slots().forEach(from -> slots().forEach(to -> between.set(from, to, Link.CLEAR))));
    }

    // ---- questions -------------------------------------------------------------------------------------------------

    /** A connection of the harness's own to a member. */
    public ManagedChannel channel(int member) {
        return channels.get(member);
    }

    private synchronized void joined(int member) {
        if (machines.isRunning(member)) {
            joining.remove(member);
        }
    }

    private Optional<StatusResponse> status(int member) {
        try {
            StatusResponse status = MaintenanceGrpc.newBlockingStub(channels.get(member))
                    .withDeadlineAfter(ASK_MILLIS, TimeUnit.MILLISECONDS)
                    .status(StatusRequest.getDefaultInstance());
            joined(member);
            return Optional.of(status);
        } catch (StatusRuntimeException e) {
            channels.get(member).resetConnectBackoff();
            return Optional.empty();
        }
    }

    /** The member that leads, in the newest term in which one says of itself that it does. */
    public OptionalInt leader() {
        long term = -1;
        int leader = -1;
        for (int member : members()) {
            if (isUp(member)) {
                StatusResponse status = status(member).orElse(StatusResponse.getDefaultInstance());
                boolean leads = status.getLeader() != 0
                        && status.getLeader() == status.getHeader().getMemberId();
                if (leads && status.getRaftTerm() > term) {
                    term = status.getRaftTerm();
                    leader = member;
                }
            }
        }
        return leader < 0 ? OptionalInt.empty() : OptionalInt.of(leader);
    }

    /** Whether a member answers a linearizable read. */
    public boolean answers(int member) {
        try {
            var _ = KVGrpc.newBlockingStub(channels.get(member))
                    .withDeadlineAfter(ASK_MILLIS, TimeUnit.MILLISECONDS)
                    .range(RangeRequest.newBuilder()
                            .setKey(ByteString.copyFromUtf8("health"))
                            .build());
            joined(member);
            return true;
        } catch (StatusRuntimeException e) {
            channels.get(member).resetConnectBackoff();
            return false;
        }
    }

    /** Waits until members answer linearizable reads; those that do not within the time. */
    public List<Integer> awaitAnswers(List<Integer> members, long seconds) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        var silent = new ArrayList<>(members);
        while (!silent.isEmpty() && System.nanoTime() - deadline < 0) {
            silent.removeIf(this::answers);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS));
        }
        return silent;
    }

    /** Asks the leader to hand over; what came of it, in words. */
    public String moveLeader(int leader, int to) {
        long id = status(to).map(status -> status.getHeader().getMemberId()).orElse(0L);
        try {
            var _ = MaintenanceGrpc.newBlockingStub(channels.get(leader))
                    .withDeadlineAfter(5, TimeUnit.SECONDS)
                    .moveLeader(MoveLeaderRequest.newBuilder().setTargetID(id).build());
            return "moved";
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() + " " + e.getStatus().getDescription();
        }
    }

    /** The last lines of a member's log. */
    public String logTail(int member, int lines) {
        try {
            List<String> all = Arrays.asList(
                    Files.readString(machines.directory(member).resolve("log")).split("\n", -1));
            return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        machines.close();
        proxy.ifPresent(PeerProxy::close);
    }
}
