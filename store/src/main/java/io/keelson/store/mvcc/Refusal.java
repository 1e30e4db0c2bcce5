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
    REQUEST_TOO_LARGE("etcdserver: request is too large");

    private final String message;

    Refusal(String message) {
        this.message = message;
    }

    /** etcd's message. */
    public String message() {
        return message;
    }
}
