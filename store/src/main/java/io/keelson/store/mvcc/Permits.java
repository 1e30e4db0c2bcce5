package io.keelson.store.mvcc;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.Compare;
import io.keelson.proto.etcd.DeleteRangeRequest;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.proto.etcd.User;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Who may do what. Reads are judged where they are answered, on the state that they read; writes where they are applied, on the
 * state that they change: a permission that was taken away before them in the log does not count any more.
 */
public final class Permits {

    private static final Optional<Refusal> PERMITTED = Optional.empty();

    private Permits() {}

    /** Which keys are attached to a lease; asked only if the answer depends on it. */
    private interface LeaseKeys {
        List<ByteString> of(long lease);
    }

    /** Why the caller may not have this command carried out on this state. */
    public static Optional<Refusal> check(View view, Caller caller, Command command) {
        return check(view.auth(), view::leaseKeys, caller, command);
    }

    /**
     * Why the caller may not have this command carried out, as far as it can be said without a look at leases: what is refused here would
     * be refused in the log as well, as long as nobody changes permissions, and need not go there.
     */
    public static Optional<Refusal> precheck(AuthState auth, Caller caller, Command command) {
        return check(auth, _ -> List.of(), caller, command);
    }

    private static Optional<Refusal> check(AuthState auth, LeaseKeys leases, Caller caller, Command command) {
        if (!auth.enabled() || caller.system()) {
            return PERMITTED;
        }
        return switch (command) {
            case Command.As(Caller other, Command inner) -> check(auth, leases, other, inner);
            case Command.Once(var _, var _, Command inner) -> check(auth, leases, caller, inner);
            case Command.Put(PutRequest request) -> put(auth, leases, caller, request);
            case Command.DeleteRange(DeleteRangeRequest request) -> delete(auth, caller, request);
            case Command.Txn(TxnRequest request) -> txn(auth, leases, caller, request);
            case Command.Compact _, Command.Alarm _, Command.Members _ -> admin(auth, caller);
            // Only a leader notes how much of leases is left, and it is permitted above.
            case Command.LeaseCheckpoint _ -> Optional.of(Refusal.PERMISSION_DENIED);
            case Command.LeaseGrant _ -> user(auth, caller);
            case Command.LeaseRevoke(long id) -> user(auth, caller).or(() -> writeLease(auth, leases, caller, id));
            case Command.Auth(AuthCommand inner) ->
                inner instanceof AuthCommand.Authenticate ? PERMITTED : admin(auth, caller);
        };
    }

    /** Why the caller may not do what only the role root may. */
    public static Optional<Refusal> admin(AuthState auth, Caller caller) {
        if (!auth.enabled() || caller.system()) {
            return PERMITTED;
        }
        if (caller.user().isEmpty()) {
            return Optional.of(Refusal.USER_EMPTY);
        }
        Optional<User> user = auth.user(caller.user());
        if (user.isEmpty()) {
            return Optional.of(Refusal.USER_NOT_FOUND);
        }
        return AuthState.isRoot(user.get()) ? PERMITTED : Optional.of(Refusal.PERMISSION_DENIED);
    }

    /** Why the caller may not do what every user may. */
    public static Optional<Refusal> user(AuthState auth, Caller caller) {
        if (!auth.enabled() || caller.system()) {
            return PERMITTED;
        }
        if (caller.user().isEmpty()) {
            return Optional.of(Refusal.USER_EMPTY);
        }
        return auth.user(caller.user()).isPresent() ? PERMITTED : Optional.of(Refusal.PERMISSION_DENIED);
    }

    /** Why the caller may not read a key or a range, named as in a request. */
    public static Optional<Refusal> read(AuthState auth, Caller caller, ByteString key, ByteString rangeEnd) {
        return read(auth, caller, KeyRange.of(key, rangeEnd));
    }

    /** Why the caller may not read a range. */
    public static Optional<Refusal> read(AuthState auth, Caller caller, KeyRange range) {
        return keys(auth, caller, range, auth::mayRead);
    }

    private static Optional<Refusal> write(AuthState auth, Caller caller, KeyRange range) {
        return keys(auth, caller, range, auth::mayWrite);
    }

    private static Optional<Refusal> keys(
            AuthState auth, Caller caller, KeyRange range, BiFunction<User, KeyRange, Boolean> permitted) {
        if (!auth.enabled() || caller.system()) {
            return PERMITTED;
        }
        if (caller.user().isEmpty()) {
            return Optional.of(Refusal.USER_EMPTY);
        }
        if (caller.authRevision() < auth.revision()) {
            return Optional.of(Refusal.AUTH_OLD_REVISION);
        }
        Optional<User> user = auth.user(caller.user());
        boolean may = user.isPresent() && (AuthState.isRoot(user.get()) || permitted.apply(user.get(), range));
        return may ? PERMITTED : Optional.of(Refusal.PERMISSION_DENIED);
    }

    /** Why the caller may not end or renew a lease: whoever does decides over its keys. */
    public static Optional<Refusal> writeLease(View view, Caller caller, long id) {
        return writeLease(view.auth(), view::leaseKeys, caller, id);
    }

    private static Optional<Refusal> writeLease(AuthState auth, LeaseKeys leases, Caller caller, long id) {
        return each(auth, leases, caller, id, key -> write(auth, caller, KeyRange.single(key)));
    }

    /** Why the caller may not see the keys of a lease. */
    public static Optional<Refusal> readLease(View view, Caller caller, long id) {
        AuthState auth = view.auth();
        return each(auth, view::leaseKeys, caller, id, key -> read(auth, caller, KeyRange.single(key)));
    }

    private static Optional<Refusal> each(
            AuthState auth, LeaseKeys leases, Caller caller, long id, Function<ByteString, Optional<Refusal>> check) {
        // Who may do everything need not have thousands of keys looked at.
        if (id == 0 || admin(auth, caller).isEmpty()) {
            return PERMITTED;
        }
        for (ByteString key : leases.of(id)) {
            Optional<Refusal> refusal = check.apply(key);
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        return PERMITTED;
    }

    /** A lease that holds a key which the caller may not write would, when it ends, take the caller's key along: refused. */
    private static Optional<Refusal> put(AuthState auth, LeaseKeys leases, Caller caller, PutRequest request) {
        KeyRange key = KeyRange.single(request.getKey());
        return write(auth, caller, key)
                .or(() -> writeLease(auth, leases, caller, request.getLease()))
                .or(() -> request.getPrevKv() ? read(auth, caller, key) : PERMITTED);
    }

    private static Optional<Refusal> delete(AuthState auth, Caller caller, DeleteRangeRequest request) {
        KeyRange range = KeyRange.of(request.getKey(), request.getRangeEnd());
        return write(auth, caller, range).or(() -> request.getPrevKv() ? read(auth, caller, range) : PERMITTED);
    }

    /** Everything that could run must be permitted, whichever branch does. */
    private static Optional<Refusal> txn(AuthState auth, LeaseKeys leases, Caller caller, TxnRequest request) {
        for (Compare compare : request.getCompareList()) {
            Optional<Refusal> refusal = read(auth, caller, compare.getKey(), compare.getRangeEnd());
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        for (List<RequestOp> branch : List.of(request.getSuccessList(), request.getFailureList())) {
            for (RequestOp op : branch) {
                Optional<Refusal> refusal = switch (op.getRequestCase()) {
                    case REQUEST_RANGE ->
                        read(
                                auth,
                                caller,
                                op.getRequestRange().getKey(),
                                op.getRequestRange().getRangeEnd());
                    case REQUEST_PUT -> put(auth, leases, caller, op.getRequestPut());
                    case REQUEST_DELETE_RANGE -> delete(auth, caller, op.getRequestDeleteRange());
                    case REQUEST_TXN -> txn(auth, leases, caller, op.getRequestTxn());
                    case REQUEST_NOT_SET -> PERMITTED;
                };
                if (refusal.isPresent()) {
                    return refusal;
                }
            }
        }
        // One without any key still says that somebody is there.
        return isBlank(request) ? user(auth, caller) : PERMITTED;
    }

    private static boolean isBlank(TxnRequest request) {
        return request.getCompareCount() + request.getSuccessCount() + request.getFailureCount() == 0;
    }
}
