package io.keelson.store.mvcc;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.AlarmRequest;
import io.keelson.proto.etcd.DeleteRangeRequest;
import io.keelson.proto.etcd.DeleteRangeResponse;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.PutResponse;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.ResponseHeader;
import io.keelson.proto.etcd.ResponseOp;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.proto.etcd.TxnResponse;
import io.keelson.store.fault.PlantedFault;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a command does to the store. One revision for each command that changes a key; none for one that changes nothing.
 *
 * <p>Worked example, a store at revision 7 in which {@code a} has version 2:
 *
 * <pre>
 *   Txn(if version(a) == 2 then put(a, x), delete(b) else range(a))
 *     compares on revision 7  ->  success
 *     put(a, x)               ->  change Put(a: create 3, mod 8, version 3)
 *     delete(b), absent       ->  no change
 *   Applied(Txn(succeeded, [put, deleted 0]), [Put a], revision 8)
 * </pre>
 */
public final class Mvcc {

    /** Longest TTL of a lease in seconds, as in etcd. */
    public static final long MAX_LEASE_TTL_SECONDS = 9_000_000_000L;

    private Mvcc() {}

    /**
     * Decides whether the command is permitted, what it changes and what it answers. The command must be well formed ({@link
     * RequestCheck}).
     */
    public static Applied apply(View view, Command command) {
        return apply(view, command, RequestIds.BOUNDS);
    }

    /** As {@link #apply(View, Command)} with other bounds than all members have; for tests of the bounds. */
    public static Applied apply(View view, Command command, RequestIds.Bounds bounds) {
        Caller caller = command instanceof Command.As(Caller named, Command _) ? named : Caller.NOBODY;
        Command inner = command instanceof Command.As(Caller _, Command named) ? named : command;
        Optional<Refusal> forbidden = Permits.check(view, caller, inner);
        if (forbidden.isPresent()) {
            return refused(view, forbidden.get());
        }
        if (!(inner instanceof Command.Once once)) {
            return unlessAlarmed(view, inner);
        }
        // Before alarms: what was carried out stays carried out, though there is no space any more.
        Optional<Answer> known = RequestIds.known(view, caller, once);
        return known.isPresent()
                ? new Applied(known.get(), List.of(), view.revision())
                : RequestIds.keep(view, caller, once, unlessAlarmed(view, once.command()), bounds);
    }

    private static Applied unlessAlarmed(View view, Command command) {
        Optional<Refusal> refusal = Alarms.refusal(view.alarms(), command);
        return refusal.isPresent() ? refused(view, refusal.get()) : carryOut(view, command);
    }

    private static Applied carryOut(View view, Command command) {
        return switch (command) {
            case Command.Put(PutRequest request) -> {
                Optional<Refusal> refusal = check(view, request);
                if (refusal.isPresent()) {
                    yield refused(view, refusal.get());
                }
                var overlay = new Overlay(view);
                yield done(overlay, new Answer.Put(put(overlay, request)));
            }
            case Command.DeleteRange(DeleteRangeRequest request) -> {
                var overlay = new Overlay(view);
                yield done(overlay, new Answer.DeleteRange(delete(overlay, request)));
            }
            case Command.Txn(TxnRequest request) -> {
                Branch branch = choose(view, request);
                Optional<Refusal> refusal = check(view, branch);
                if (refusal.isPresent()) {
                    yield refused(view, refusal.get());
                }
                var overlay = new Overlay(view);
                TxnResponse response = run(overlay, branch);
                yield done(
                        overlay,
                        new Answer.Txn(response.toBuilder()
                                .setHeader(header(overlay.revision()))
                                .build()));
            }
            case Command.Compact(long revision) -> compact(view, revision);
            case Command.LeaseGrant(long id, long ttl) -> grant(view, id, ttl);
            case Command.LeaseRevoke(long id) -> revoke(view, id);
            case Command.LeaseCheckpoint(var leases) -> checkpoint(view, leases);
            case Command.Alarm(AlarmRequest request) -> Alarms.apply(view, request);
            case Command.Auth(AuthCommand auth) -> AuthRules.apply(view, auth);
            case Command.As _, Command.Once _ ->
                throw new IllegalArgumentException("a command with two names or ids: " + command);
            case Command.Members(MemberChange change) -> members(view, change);
        };
    }

    /**
     * A transaction without writes is a read and needs no place in the log.
     *
     * @return whether no branch of it can write
     */
    public static boolean readsOnly(TxnRequest request) {
        for (List<RequestOp> branch : List.of(request.getSuccessList(), request.getFailureList())) {
            for (RequestOp op : branch) {
                boolean reads = op.hasRequestRange() || (op.hasRequestTxn() && readsOnly(op.getRequestTxn()));
                if (!reads) {
                    return false;
                }
            }
        }
        return true;
    }

    private static Applied refused(View view, Refusal refusal) {
        return new Applied(new Answer.Refused(refusal), List.of(), view.revision());
    }

    private static Applied done(Overlay overlay, Answer answer) {
        return new Applied(answer, List.copyOf(overlay.changes()), overlay.revision());
    }

    // ---- put, delete -----------------------------------------------------------------------------------------------

    /** In which order etcd looks is seen in its answer: a put alone hears of its lease first, one in a transaction of its key. */
    private static Optional<Refusal> check(View view, PutRequest request) {
        return checkLease(view, request).or(() -> checkKey(view, request));
    }

    private static Optional<Refusal> checkInTxn(View view, PutRequest request) {
        return checkKey(view, request).or(() -> checkLease(view, request));
    }

    private static Optional<Refusal> checkKey(View view, PutRequest request) {
        boolean needsKey = request.getIgnoreValue() || request.getIgnoreLease();
        return needsKey && view.get(request.getKey(), view.revision()).isEmpty()
                ? Optional.of(Refusal.KEY_NOT_FOUND)
                : Optional.empty();
    }

    private static Optional<Refusal> checkLease(View view, PutRequest request) {
        return request.getLease() != 0 && view.lease(request.getLease()).isEmpty()
                ? Optional.of(Refusal.LEASE_NOT_FOUND)
                : Optional.empty();
    }

    private static PutResponse put(Overlay overlay, PutRequest request) {
        Optional<KeyValue> live = overlay.get(request.getKey(), overlay.revision());
        KeyValue before = live.orElse(KeyValue.getDefaultInstance());
        long revision = overlay.writeRevision();
        overlay.put(
                KeyValue.newBuilder()
                        .setKey(request.getKey())
                        .setValue(request.getIgnoreValue() ? before.getValue() : request.getValue())
                        .setCreateRevision(live.isPresent() ? before.getCreateRevision() : revision)
                        .setModRevision(revision)
                        .setVersion(before.getVersion() + 1)
                        .setLease(request.getIgnoreLease() ? before.getLease() : request.getLease())
                        .build(),
                before.getLease());
        var response = PutResponse.newBuilder().setHeader(header(revision));
        if (request.getPrevKv() && live.isPresent()) {
            response.setPrevKv(before);
        }
        return response.build();
    }

    private static DeleteRangeResponse delete(Overlay overlay, DeleteRangeRequest request) {
        var response = DeleteRangeResponse.newBuilder();
        List<KeyValue> doomed = overlay.list(KeyRange.of(request.getKey(), request.getRangeEnd()));
        for (KeyValue kv : doomed) {
            overlay.delete(kv.getKey(), kv.getLease());
            if (request.getPrevKv()) {
                response.addPrevKvs(kv);
            }
        }
        return response.setDeleted(doomed.size())
                .setHeader(header(overlay.revision()))
                .build();
    }

    // ---- transactions ----------------------------------------------------------------------------------------------

    /** A transaction whose conditions are judged: the operations to run, nested ones judged as well. */
    private record Branch(boolean succeeded, List<RequestOp> operations, List<Branch> nested) {}

    /** Judges all conditions, nested ones too, on the state before the transaction. */
    private static Branch choose(View view, TxnRequest request) {
        boolean succeeded = Compares.hold(view, request.getCompareList());
        List<RequestOp> operations = succeeded ? request.getSuccessList() : request.getFailureList();
        var nested = new ArrayList<Branch>();
        for (RequestOp op : operations) {
            if (op.hasRequestTxn()) {
                nested.add(choose(view, op.getRequestTxn()));
            }
        }
        return new Branch(succeeded, operations, nested);
    }

    /** Whatever could fail fails here, before anything is written: first all puts, then all ranges, as etcd does. */
    private static Optional<Refusal> check(View view, Branch branch) {
        return firstRefusal(branch, op -> op.hasRequestPut() ? checkInTxn(view, op.getRequestPut()) : Optional.empty())
                .or(() -> firstRefusal(
                        branch,
                        op -> op.hasRequestRange() ? Ranges.check(view, op.getRequestRange()) : Optional.empty()));
    }

    private static Optional<Refusal> firstRefusal(Branch branch, Function<RequestOp, Optional<Refusal>> check) {
        int nested = 0;
        for (RequestOp op : branch.operations) {
            Optional<Refusal> refusal =
                    op.hasRequestTxn() ? firstRefusal(branch.nested.get(nested++), check) : check.apply(op);
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        return Optional.empty();
    }

    /** Without a revision in the header, which etcd leaves out of nested transactions. */
    private static TxnResponse run(Overlay overlay, Branch branch) {
        var response = TxnResponse.newBuilder().setSucceeded(branch.succeeded);
        int nested = 0;
        for (RequestOp op : branch.operations) {
            var answer = ResponseOp.newBuilder();
            switch (op.getRequestCase()) {
                case REQUEST_RANGE ->
                    answer.setResponseRange(Ranges.read(overlay, op.getRequestRange()).toBuilder()
                            .setHeader(header(overlay.revision())));
                case REQUEST_PUT -> answer.setResponsePut(put(overlay, op.getRequestPut()));
                case REQUEST_DELETE_RANGE -> answer.setResponseDeleteRange(delete(overlay, op.getRequestDeleteRange()));
                case REQUEST_TXN -> answer.setResponseTxn(run(overlay, branch.nested.get(nested++)));
                case REQUEST_NOT_SET ->
                    throw new IllegalArgumentException("an operation without a request passed the check");
            }
            response.addResponses(answer);
        }
        return response.setHeader(ResponseHeader.getDefaultInstance()).build();
    }

    private static ResponseHeader header(long revision) {
        return ResponseHeader.newBuilder().setRevision(revision).build();
    }

    // ---- compaction, leases ----------------------------------------------------------------------------------------

    private static Applied compact(View view, long revision) {
        if (revision <= view.compactRevision()) {
            return refused(view, Refusal.COMPACTED);
        }
        if (revision > view.revision()) {
            return refused(view, Refusal.FUTURE_REVISION);
        }
        long hidden = PlantedFault.COMPACTION_HIDES_TOO_MUCH.isPlanted()
                ? Math.min(revision + 15, view.revision())
                : revision;
        return new Applied(new Answer.Compacted(revision), List.of(new Change.Compacted(hidden)), view.revision());
    }

    private static Applied members(View view, MemberChange change) {
        return switch (view.membership().apply(change)) {
            case Membership.Outcome.Refused(Refusal refusal) -> refused(view, refusal);
            case Membership.Outcome.Done(Membership after) ->
                new Applied(
                        new Answer.Members(after),
                        after.equals(view.membership()) ? List.of() : List.of(new Change.Members(after)),
                        view.revision());
        };
    }

    private static Applied grant(View view, long id, long ttlSeconds) {
        if (ttlSeconds > MAX_LEASE_TTL_SECONDS) {
            return refused(view, Refusal.LEASE_TTL_TOO_LARGE);
        }
        if (view.lease(id).isPresent()) {
            return refused(view, Refusal.LEASE_EXISTS);
        }
        var lease = new LeaseRecord(id, ttlSeconds);
        return new Applied(new Answer.LeaseGranted(lease), List.of(new Change.LeaseGranted(lease)), view.revision());
    }

    /**
     * A note that says what is noted already changes nothing; one that says the full time is left takes the note away. Of two
     * notes on one lease the later counts.
     */
    private static Applied checkpoint(View view, List<LeaseRecord> notes) {
        var after = new LinkedHashMap<Long, LeaseRecord>();
        for (LeaseRecord note : notes) {
            view.lease(note.id()).ifPresent(known -> {
                long ttl = known.ttlSeconds();
                long left = note.remainingSeconds() < ttl ? Math.max(0, note.remainingSeconds()) : 0;
                after.put(note.id(), new LeaseRecord(note.id(), ttl, left));
            });
        }
        List<Change> changes = after.values().stream()
                .filter(noted -> !view.lease(noted.id()).equals(Optional.of(noted)))
                .<Change>map(Change.LeaseCheckpointed::new)
                .toList();
        return new Applied(new Answer.LeaseCheckpointed(), changes, view.revision());
    }

    /** All keys go in one revision, in order of keys. */
    private static Applied revoke(View view, long id) {
        if (view.lease(id).isEmpty()) {
            return refused(view, Refusal.LEASE_NOT_FOUND);
        }
        var overlay = new Overlay(view);
        for (ByteString key : view.leaseKeys(id)) {
            overlay.delete(key, id);
            if (PlantedFault.LEASE_KEYS_IN_TWO_REVISIONS.isPlanted()) {
                // Whoever looks at the clock next ends the rest.
                return done(overlay, new Answer.LeaseRevoked(id));
            }
        }
        var changes = new ArrayList<>(overlay.changes());
        changes.add(new Change.LeaseRevoked(id));
        return new Applied(new Answer.LeaseRevoked(id), List.copyOf(changes), overlay.revision());
    }
}
