package io.keelson.store.raft;

import io.keelson.store.StoreConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.jspecify.annotations.Nullable;

/** Ratis' server of a member: its log is looked through before it is made, and nobody waits without end for it to stop. */
final class RatisServer {

    private static final System.Logger LOG = System.getLogger(RatisServer.class.getName());

    private static final long STOP_SECONDS = 10;

    private final StoreConfig config;
    private final Identity identity;
    private final RaftGroup group;
    private final RaftMetrics metrics;
    /** Under which Ratis measures this member. */
    private final String measuredAs;

    private final StoreStateMachine machine;
    private final RaftServer server;
    private final RaftServer.Division division;

    /**
     * Made, and not started.
     *
     * @throws IOException if the log cannot be used; the message says what to do
     */
    RatisServer(
            StoreConfig config,
            Identity identity,
            Seeds seeds,
            RaftProperties properties,
            Parameters parameters,
            RaftMetrics metrics)
            throws IOException {
        this.config = config;
        this.identity = identity;
        this.metrics = metrics;
        this.group = RaftSettings.group(config, identity);
        Path storage = config.dataDir()
                .resolve("raft")
                .resolve(group.getGroupId().getUuid().toString());
        Path state = config.dataDir().resolve("state");
        if (!Files.exists(storage) && Files.exists(state)) {
            // A new log begins at index 0, and the state would take its entries for old ones.
            throw new IOException("there is a state in " + state + " but no log in " + storage
                    + "; restore the log, or remove both so that the others bring this member up to date");
        }
        long logEnd = checkLog(storage);
        if (group.getPeer(PeerIds.of(identity.memberId())).getStartupRole() == RaftPeerRole.LISTENER) {
            LateVote.learn(storage.resolve("current"), logEnd, identity, seeds);
        }
        this.machine = new StoreStateMachine(state, logEnd, metrics);
        this.measuredAs = RaftGroupMemberId.valueOf(PeerIds.of(identity.memberId()), group.getGroupId())
                .toString();
        RatisMeters.attach(measuredAs, metrics);
        this.server = RaftServer.newBuilder()
                .setServerId(PeerIds.of(identity.memberId()))
                .setGroup(group)
                .setProperties(properties)
                .setParameters(parameters)
                .setStateMachine(machine)
                .setOption(Files.exists(storage) ? RaftStorage.StartupOption.RECOVER : RaftStorage.StartupOption.FORMAT)
                .build();
        this.division = server.getDivision(group.getGroupId());
    }

    StoreStateMachine machine() {
        return machine;
    }

    RaftServer.Division division() {
        return division;
    }

    /** Ways from here to the members. */
    Peers peers(PeerLinks links, PeerTraffic traffic) {
        return new Peers(server, division, group.getGroupId(), links, traffic);
    }

    /** The last entry of the log, which is whole. */
    private long checkLog(Path storage) throws IOException {
        try {
            return LogCheck.run(storage.resolve("current"), Snapshots.newest(storage));
        } catch (LogCheck.DamagedLogException e) {
            throw described(e);
        }
    }

    /** Everything that an applied entry concerns must be there before: Ratis begins to apply the log while it starts. */
    void start() throws IOException {
        try {
            server.start();
        } catch (CompletionException e) {
            throw described(e.getCause() instanceof IOException cause ? cause : new IOException(e));
        }
    }

    private IOException described(IOException problem) {
        return problem instanceof LogCheck.DamagedLogException
                ? new IOException(problem.getMessage() + ".\n" + Joining.wayOut(config, identity), problem)
                : problem;
    }

    /**
     * Ratis waits without end for entries that it will not apply any more when it is closed while it installs a snapshot. The
     * state and the log are safe at any moment, so nobody need wait for it.
     */
    void stop() {
        var stopped = new CompletableFuture<@Nullable Void>();
        Thread.ofPlatform().name("store-stop").daemon().start(() -> {
            try {
                server.close();
                stopped.complete(null);
            } catch (IOException | RuntimeException e) {
                stopped.completeExceptionally(e);
            }
        });
        try {
            stopped.get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            LOG.log(System.Logger.Level.WARNING, "the store member " + config.name() + " is left behind half stopped");
        } catch (ExecutionException e) {
            throw new IllegalStateException("the store member " + config.name() + " does not stop cleanly", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ratis measures nothing for this member any more. */
    void forgetMetrics() {
        RatisMeters.detach(measuredAs, metrics);
    }
}
