package io.keelson.store;

import io.keelson.store.mvcc.Refusal;

/** Refusals of the core as exceptions of the port. */
final class Refusals {

    private Refusals() {}

    static KvException exception(Refusal refusal) {
        KvException.Reason reason = switch (refusal) {
            case COMPACTED -> KvException.Reason.COMPACTED;
            case FUTURE_REVISION -> KvException.Reason.FUTURE_REVISION;
            case LEASE_NOT_FOUND -> KvException.Reason.LEASE_NOT_FOUND;
            case LEASE_EXISTS -> KvException.Reason.LEASE_EXISTS;
            case NO_SPACE -> KvException.Reason.NO_SPACE;
            case CORRUPT -> KvException.Reason.CORRUPT;
            case EMPTY_KEY,
                    KEY_NOT_FOUND,
                    VALUE_PROVIDED,
                    LEASE_PROVIDED,
                    TOO_MANY_OPS,
                    DUPLICATE_KEY,
                    INVALID_SORT_OPTION,
                    LEASE_TTL_TOO_LARGE,
                    REQUEST_TOO_LARGE,
                    REQUEST_ID_REUSED -> KvException.Reason.INVALID;
            // Nobody hears these through this port: it is not subject to authentication.
            case ROOT_USER_MISSING,
                    ROOT_ROLE_MISSING,
                    USER_EMPTY,
                    USER_EXISTS,
                    USER_NOT_FOUND,
                    ROLE_EMPTY,
                    ROLE_EXISTS,
                    ROLE_NOT_FOUND,
                    ROLE_NOT_GRANTED,
                    PERMISSION_NOT_GIVEN,
                    PERMISSION_NOT_GRANTED,
                    PERMISSION_DENIED,
                    AUTH_NOT_ENABLED,
                    AUTH_FAILED,
                    PASSWORD_FOR_NONE,
                    AUTH_OLD_REVISION,
                    INVALID_AUTH_TOKEN,
                    INVALID_AUTH_MANAGEMENT,
                    MEMBER_EXISTS,
                    PEER_URL_EXISTS,
                    MEMBER_NOT_FOUND,
                    MEMBER_NOT_LEARNER,
                    LEARNER_NOT_READY,
                    TOO_MANY_LEARNERS,
                    NOT_ENOUGH_STARTED,
                    UNHEALTHY,
                    BAD_MEMBER_URLS,
                    NOT_LEADER,
                    BAD_LEADER_TRANSFEREE,
                    LEADER_TRANSFER_TIMEOUT,
                    LEARNER -> KvException.Reason.INVALID;
        };
        return new KvException(reason, refusal.message());
    }
}
