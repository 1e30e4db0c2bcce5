package io.keelson.store.mvcc;

/** Why a request is not carried out. The text is etcd's, letter for letter: clients match on it. */
public enum Refusal {
    EMPTY_KEY("etcdserver: key is not provided"),
    KEY_NOT_FOUND("etcdserver: key not found"),
    VALUE_PROVIDED("etcdserver: value is provided"),
    LEASE_PROVIDED("etcdserver: lease is provided"),
    TOO_MANY_OPS("etcdserver: too many operations in txn request"),
    DUPLICATE_KEY("etcdserver: duplicate key given in txn request"),
    INVALID_SORT_OPTION("etcdserver: invalid sort option"),
    COMPACTED("etcdserver: mvcc: required revision has been compacted"),
    FUTURE_REVISION("etcdserver: mvcc: required revision is a future revision"),
    LEASE_NOT_FOUND("etcdserver: requested lease not found"),
    LEASE_EXISTS("etcdserver: lease already exists"),
    LEASE_TTL_TOO_LARGE("etcdserver: too large lease TTL"),
    NO_SPACE("etcdserver: mvcc: database space exceeded"),
    CORRUPT("etcdserver: corrupt cluster"),
    REQUEST_TOO_LARGE("etcdserver: request is too large"),
    ROOT_USER_MISSING("etcdserver: root user does not exist"),
    ROOT_ROLE_MISSING("etcdserver: root user does not have root role"),
    USER_EMPTY("etcdserver: user name is empty"),
    USER_EXISTS("etcdserver: user name already exists"),
    USER_NOT_FOUND("etcdserver: user name not found"),
    ROLE_EMPTY("etcdserver: role name is empty"),
    ROLE_EXISTS("etcdserver: role name already exists"),
    ROLE_NOT_FOUND("etcdserver: role name not found"),
    ROLE_NOT_GRANTED("etcdserver: role is not granted to the user"),
    PERMISSION_NOT_GIVEN("etcdserver: permission not given"),
    PERMISSION_NOT_GRANTED("etcdserver: permission is not granted to the role"),
    PERMISSION_DENIED("etcdserver: permission denied"),
    AUTH_NOT_ENABLED("etcdserver: authentication is not enabled"),
    AUTH_FAILED("etcdserver: authentication failed, invalid user ID or password"),
    /** etcd forgot to give this one its own code and prefix. */
    PASSWORD_FOR_NONE("auth: authentication failed, password was given for no password user"),
    AUTH_OLD_REVISION("etcdserver: revision of auth store is old"),
    INVALID_AUTH_TOKEN("etcdserver: invalid auth token"),
    INVALID_AUTH_MANAGEMENT("etcdserver: invalid auth management");

    private final String message;

    Refusal(String message) {
        this.message = message;
    }

    /** etcd's message. */
    public String message() {
        return message;
    }
}
