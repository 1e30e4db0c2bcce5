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
    /** Of our own: etcd knows no ids of requests. */
    REQUEST_ID_REUSED("keelson-request-id: the id was used for another request"),
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
    INVALID_AUTH_MANAGEMENT("etcdserver: invalid auth management"),
    MEMBER_EXISTS("etcdserver: member ID already exist"),
    PEER_URL_EXISTS("etcdserver: Peer URLs already exists"),
    MEMBER_NOT_FOUND("etcdserver: member not found"),
    MEMBER_NOT_LEARNER("etcdserver: can only promote a learner member"),
    LEARNER_NOT_READY("etcdserver: can only promote a learner member which is in sync with leader"),
    TOO_MANY_LEARNERS("etcdserver: too many learner members in cluster"),
    NOT_ENOUGH_STARTED("etcdserver: re-configuration failed due to not enough started members"),
    UNHEALTHY("etcdserver: unhealthy cluster"),
    BAD_MEMBER_URLS("etcdserver: given member URLs are invalid"),
    NOT_LEADER("etcdserver: not leader"),
    BAD_LEADER_TRANSFEREE("etcdserver: bad leader transferee"),
    LEADER_TRANSFER_TIMEOUT("etcdserver: request timed out, leader transfer took too long"),
    LEARNER("etcdserver: rpc not supported for learner");

    private final String message;

    Refusal(String message) {
        this.message = message;
    }

    /** etcd's message. */
    public String message() {
        return message;
    }
}
