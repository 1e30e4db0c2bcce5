package io.keelson.store.mvcc;

import io.keelson.proto.etcd.RangeRequest;
import java.util.Optional;

/** Asks the core and the naive store the same thing in the same words. */
public final class Oracle {

    private Oracle() {}

    /** What can be said against a command without looking at the store. */
    public static Optional<Refusal> check(Command command) {
        return switch (command) {
            case Command.Put(var request) -> RequestCheck.check(request);
            case Command.DeleteRange(var request) -> RequestCheck.check(request);
            case Command.Txn(var request) -> RequestCheck.check(request);
            case Command.Compact _,
                    Command.LeaseGrant _,
                    Command.LeaseRevoke _,
                    Command.LeaseCheckpoint _,
                    Command.Alarm _,
                    Command.Members _,
                    Command.Auth _ -> Optional.empty();
            case Command.As(Caller _, Command inner) -> check(inner);
            case Command.Once(var _, var _, Command inner) -> check(inner);
        };
    }

    /** The naive store's answer. */
    public static Answer answer(NaiveStore oracle, Command command) {
        try {
            return switch (command) {
                case Command.Put(var request) -> new Answer.Put(oracle.put(request));
                case Command.DeleteRange(var request) -> new Answer.DeleteRange(oracle.delete(request));
                case Command.Txn(var request) -> new Answer.Txn(oracle.txn(request));
                case Command.Compact(long revision) -> {
                    oracle.compact(revision);
                    yield new Answer.Compacted(revision);
                }
                case Command.LeaseGrant(long id, long ttl) -> {
                    oracle.grant(id, ttl);
                    yield new Answer.LeaseGranted(new LeaseRecord(id, ttl));
                }
                case Command.LeaseRevoke(long id) -> {
                    oracle.revoke(id);
                    yield new Answer.LeaseRevoked(id);
                }
                case Command.LeaseCheckpoint(var leases) -> {
                    leases.forEach(lease -> oracle.checkpoint(lease.id(), lease.remainingSeconds()));
                    yield new Answer.LeaseCheckpointed();
                }
                case Command.Alarm(var request) -> new Answer.Alarms(oracle.alarm(request));
                case Command.Once _ -> throw new AssertionError("judged by RequestIdsTest: " + command);
                case Command.Auth _, Command.As _ ->
                    throw new IllegalArgumentException("this store knows no users: " + command);
                case Command.Members _ -> throw new AssertionError("members are no business of keys: " + command);
            };
        } catch (NaiveStore.Refused refused) {
            return new Answer.Refused(refusal(refused));
        }
    }

    private static Refusal refusal(NaiveStore.Refused refused) {
        for (Refusal refusal : Refusal.values()) {
            if (refusal.message().equals(refused.getMessage())) {
                return refusal;
            }
        }
        throw new AssertionError("no refusal says: " + refused.getMessage());
    }

    /** A read of a view: the answer, or the text of the refusal. */
    public static Object read(View view, RangeRequest request) {
        Optional<Refusal> refusal = Ranges.check(view, request);
        return refusal.isPresent() ? refusal.get().message() : Ranges.read(view, request);
    }

    /** The same read of the naive store. */
    public static Object range(NaiveStore oracle, RangeRequest request) {
        try {
            return oracle.range(request);
        } catch (NaiveStore.Refused refused) {
            return String.valueOf(refused.getMessage());
        }
    }
}
