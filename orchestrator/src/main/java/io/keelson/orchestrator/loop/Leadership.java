package io.keelson.orchestrator.loop;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.LeaseGrantRequest;
import io.keelson.proto.etcd.LeaseGrantResponse;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.proto.etcd.TxnResponse;
import io.keelson.proto.etcd.WatchCreateRequest;
import io.keelson.store.Kv;
import io.keelson.store.KvException;
import io.keelson.store.KvWatch;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Campaigns for ever: whoever makes the leader's key leads for as long as it renews the key's lease. A second leader at the same time is
 * possible for a moment and harmless, since every write compares the epoch.
 */
final class Leadership implements AutoCloseable {

    /** How long a dead leader is waited for. */
    static final Duration LEASE = Duration.ofSeconds(5);

    private static final Duration RETRY = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final System.Logger LOG = System.getLogger(Leadership.class.getName());

    private final String name;
    private final Kv kv;
    private final InstantSource clock;
    private final Function<Epoch, Term> beginTerm;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile Optional<String> leader = Optional.empty();

    Leadership(String name, Kv kv, InstantSource clock, Function<Epoch, Term> beginTerm) {
        this.name = name;
        this.kv = kv;
        this.clock = clock;
        this.beginTerm = beginTerm;
        this.thread = Thread.ofVirtual().name("control-campaign").start(this::run);
    }

    /** Who leads, as far as is known here. */
    Optional<String> leader() {
        return leader;
    }

    private void run() {
        try {
            while (!closing.await(0, TimeUnit.MILLISECONDS)) {
                try {
                    campaign();
                } catch (KvException notNow) {
                    leader = Optional.empty();
                    LOG.log(Level.DEBUG, () -> "cannot campaign: " + notNow.getMessage());
                    pause(RETRY);
                } catch (RuntimeException broken) {
                    leader = Optional.empty();
                    LOG.log(Level.ERROR, "the campaign for the control loop begins anew", broken);
                    pause(RETRY);
                }
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean pause(Duration time) throws InterruptedException {
        return closing.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void campaign() throws InterruptedException {
        Optional<KeyValue> holder = holder();
        if (holder.isPresent()) {
            leader = Optional.of(holder.get().getValue().toStringUtf8());
            awaitEnd(holder.get());
            return;
        }
        LeaseGrantResponse lease = kv.leaseGrant(
                LeaseGrantRequest.newBuilder().setTTL(LEASE.toSeconds()).build());
        try {
            TxnResponse response = kv.txn(TxnRequest.newBuilder()
                    .addCompare(Epoch.created(Epoch.KEY, 0))
                    .addSuccess(RequestOp.newBuilder()
                            .setRequestPut(PutRequest.newBuilder()
                                    .setKey(Epoch.KEY)
                                    .setValue(ByteString.copyFromUtf8(name))
                                    .setLease(lease.getID())))
                    .build());
            if (response.getSucceeded()) {
                lead(new Epoch(response.getHeader().getRevision()), lease);
            }
        } finally {
            resign(lease.getID());
        }
    }

    private Optional<KeyValue> holder() {
        return kv.range(RangeRequest.newBuilder().setKey(Epoch.KEY).build()).getKvsList().stream()
                .findFirst();
    }

    private void awaitEnd(KeyValue holder) throws InterruptedException {
        try (KvWatch watch = kv.watch(WatchCreateRequest.newBuilder()
                .setKey(Epoch.KEY)
                .setStartRevision(holder.getModRevision() + 1)
                .build())) {
            while (!pause(Duration.ZERO)) {
                boolean ended = watch.next(PATIENCE).stream()
                        .flatMap(response -> response.getEventsList().stream())
                        .anyMatch(event -> event.getType() == Event.EventType.DELETE);
                if (ended) {
                    leader = Optional.empty();
                    return;
                }
            }
        }
    }

    private void lead(Epoch epoch, LeaseGrantResponse lease) throws InterruptedException {
        Duration timeToLive = Duration.ofSeconds(lease.getTTL());
        LOG.log(Level.INFO, () -> name + " leads the control loop from revision " + epoch.revision());
        leader = Optional.of(name);
        Term term = beginTerm.apply(epoch);
        try {
            Instant renewed = clock.instant();
            while (!pause(timeToLive.dividedBy(3))) {
                Instant asked = clock.instant();
                if (renew(epoch, lease.getID())) {
                    renewed = asked;
                } else if (Duration.between(renewed, clock.instant()).compareTo(timeToLive) > 0) {
                    break;
                }
            }
        } catch (Deposed gone) {
            LOG.log(Level.INFO, () -> name + " no longer leads the control loop: " + gone.getMessage());
        } finally {
            leader = Optional.empty();
            term.close();
        }
    }

    /** The key is not ours any more. */
    private static final class Deposed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Deposed(String message) {
            super(message);
        }
    }

    /** False if there was no answer. */
    private boolean renew(Epoch epoch, long lease) {
        try {
            if (kv.leaseKeepAlive(lease).getTTL() <= 0) {
                throw new Deposed("the lease has run out");
            }
            if (holder().filter(key -> key.getCreateRevision() == epoch.revision())
                    .isEmpty()) {
                throw new Deposed("somebody removed the leader's key");
            }
            return true;
        } catch (KvException noAnswer) {
            return false;
        }
    }

    /** Gives the lease up so that the next leader need not wait for its end; if that fails, it must. */
    private void resign(long lease) {
        try {
            kv.leaseRevoke(lease);
        } catch (KvException runsOutByItself) {
            LOG.log(
                    Level.DEBUG,
                    () -> "the lease of the control loop runs out by itself: " + runsOutByItself.getMessage());
        }
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException inAHurry) {
            Thread.currentThread().interrupt();
        }
        thread.interrupt();
    }
}
