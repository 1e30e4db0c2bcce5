package io.keelson.store.rpc;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.store.KvException;
import io.keelson.store.mvcc.Answer;
import io.keelson.store.mvcc.Refusal;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** What goes wrong, in etcd's codes and words. Clients match on both, so this is the only place that makes them. */
final class Failures {

    static final Status NO_LEADER = Status.UNAVAILABLE.withDescription("etcdserver: no leader");
    static final Status STOPPED = Status.UNAVAILABLE.withDescription("etcdserver: server stopped");

    /** Not Unavailable: a client library must not take it for "certainly not done, try elsewhere". */
    static final Status TOO_MANY_REQUESTS = Status.UNKNOWN.withDescription("etcdserver: too many requests");

    /** etcd's words and code for a member that has only the public key of its tokens. */
    static final Status VERIFY_ONLY =
            Status.UNKNOWN.withDescription("auth: token signing attempted with verify-only key");

    static final Status INVALID_CLIENT_VERSION =
            Status.INVALID_ARGUMENT.withDescription("etcdserver: invalid client api version");

    /** Lock: the lease ended while its holder waited. */
    static final Status SESSION_EXPIRED = Status.UNKNOWN.withDescription("mutex: session is expired");

    /** Election: nobody leads. */
    static final Status NOBODY_ELECTED = Status.UNKNOWN.withDescription("election: no leader");

    /** Election: the caller does not lead, any more. */
    static final Status NOT_ELECTED = Status.UNKNOWN.withDescription("election: not leader");

    /** Election: the request does not say whose lead is meant. */
    static final Status LEADER_MISSING = Status.UNKNOWN.withDescription("\"leader\" field must be provided");

    private static final Status TIMED_OUT = Status.UNAVAILABLE.withDescription("etcdserver: request timed out");

    private Failures() {}

    /** A refusal of the store's rules. */
    static Status status(Refusal refusal) {
        Status code = switch (refusal) {
            case EMPTY_KEY,
                    KEY_NOT_FOUND,
                    VALUE_PROVIDED,
                    LEASE_PROVIDED,
                    TOO_MANY_OPS,
                    DUPLICATE_KEY,
                    INVALID_SORT_OPTION,
                    REQUEST_TOO_LARGE,
                    REQUEST_ID_REUSED,
                    USER_EMPTY,
                    ROLE_EMPTY,
                    PERMISSION_NOT_GIVEN,
                    AUTH_FAILED,
                    AUTH_OLD_REVISION,
                    INVALID_AUTH_MANAGEMENT -> Status.INVALID_ARGUMENT;
            case COMPACTED, FUTURE_REVISION, LEASE_TTL_TOO_LARGE -> Status.OUT_OF_RANGE;
            case LEASE_NOT_FOUND -> Status.NOT_FOUND;
            case LEASE_EXISTS,
                    ROOT_USER_MISSING,
                    ROOT_ROLE_MISSING,
                    USER_EXISTS,
                    USER_NOT_FOUND,
                    ROLE_EXISTS,
                    ROLE_NOT_FOUND,
                    ROLE_NOT_GRANTED,
                    PERMISSION_NOT_GRANTED,
                    AUTH_NOT_ENABLED -> Status.FAILED_PRECONDITION;
            case PERMISSION_DENIED -> Status.PERMISSION_DENIED;
            case INVALID_AUTH_TOKEN -> Status.UNAUTHENTICATED;
            case PASSWORD_FOR_NONE -> Status.UNKNOWN;
            case NO_SPACE -> Status.RESOURCE_EXHAUSTED;
            case CORRUPT -> Status.DATA_LOSS;
            case BAD_MEMBER_URLS -> Status.INVALID_ARGUMENT;
            case MEMBER_NOT_FOUND -> Status.NOT_FOUND;
            case MEMBER_EXISTS,
                    PEER_URL_EXISTS,
                    MEMBER_NOT_LEARNER,
                    LEARNER_NOT_READY,
                    TOO_MANY_LEARNERS,
                    NOT_LEADER,
                    BAD_LEADER_TRANSFEREE,
                    LEARNER -> Status.FAILED_PRECONDITION;
            case UNHEALTHY, LEADER_TRANSFER_TIMEOUT -> Status.UNAVAILABLE;
            // etcd sends the client's form of the error, which has no code on the wire.
            case NOT_ENOUGH_STARTED -> Status.UNKNOWN;
        };
        return code.withDescription(refusal.message());
    }

    private static Status status(KvException e) {
        return switch (e.reason()) {
            case COMPACTED -> status(Refusal.COMPACTED);
            case FUTURE_REVISION -> status(Refusal.FUTURE_REVISION);
            case LEASE_NOT_FOUND -> status(Refusal.LEASE_NOT_FOUND);
            case LEASE_EXISTS -> status(Refusal.LEASE_EXISTS);
            case NO_SPACE -> status(Refusal.NO_SPACE);
            case CORRUPT -> status(Refusal.CORRUPT);
            case INVALID -> Status.INVALID_ARGUMENT.withDescription(e.getMessage());
            case OVERLOADED -> TOO_MANY_REQUESTS;
            case UNAVAILABLE -> NO_LEADER.withCause(e);
            case UNKNOWN_OUTCOME -> TIMED_OUT.withCause(e);
        };
    }

    /** Whatever was thrown. What nobody expected is Internal and names the exception: it is a bug of ours. */
    static Status status(Throwable error) {
        return switch (error) {
            case CompletionException e when e.getCause() != null -> status(e.getCause());
            case ExecutionException e when e.getCause() != null -> status(e.getCause());
            case KvException e -> status(e);
            case StatusRuntimeException e -> e.getStatus();
            case StatusException e -> e.getStatus();
            default -> Status.INTERNAL.withDescription("keelson: " + error).withCause(error);
        };
    }

    /** Throws the refusal, if there is one. */
    static void check(Optional<Refusal> refusal) {
        if (refusal.isPresent()) {
            throw status(refusal.get()).asRuntimeException();
        }
    }

    /** Throws why a range cannot be streamed: it would have to be looked at as a whole first. */
    static void checkStreamable(RangeRequest request) {
        if (request.getSortOrder() != RangeRequest.SortOrder.NONE
                || request.getSortTarget() != RangeRequest.SortTarget.KEY) {
            throw Status.UNIMPLEMENTED
                    .withDescription("RangeStream does not support custom sort orders")
                    .asRuntimeException();
        }
        if (request.getMinModRevision() != 0
                || request.getMaxModRevision() != 0
                || request.getMinCreateRevision() != 0
                || request.getMaxCreateRevision() != 0) {
            throw Status.UNIMPLEMENTED
                    .withDescription("RangeStream does not support revision filters")
                    .asRuntimeException();
        }
    }

    /** The answer as the kind that the command leads to; throws if the store refused. */
    static <A extends Answer> A expect(Class<A> kind, Answer answer) {
        if (answer instanceof Answer.Refused(Refusal refusal)) {
            throw status(refusal).asRuntimeException();
        }
        if (answer instanceof Answer.CarriedOut(long revision)) {
            throw carriedOut(revision).asRuntimeException();
        }
        return kind.cast(answer);
    }

    /** A request that was asked again under its id, and whose first answer was too large to be kept. */
    static Status carriedOut(long revision) {
        return Status.FAILED_PRECONDITION.withDescription(
                "keelson-request-id: this request was carried out before, at revision " + revision
                        + "; its answer was too large to be kept");
    }

    /** An RPC that exists in etcd and not here. */
    static Status notBuilt(String what) {
        return Status.UNIMPLEMENTED.withDescription("keelson: " + what + " is not built yet");
    }
}
