package io.keelson.store.mvcc;

/**
 * In whose name a command runs. It travels with the command through the log, so that every replica judges it by the permissions
 * that hold where the command stands in the log, and not by those that held when somebody asked.
 *
 * @param user name of a user; empty for {@link #NOBODY} and {@link #SYSTEM}
 * @param authRevision {@link AuthState#revision} when the user was recognized; older than the state's means that permissions have
 *     changed since
 * @param system whether the store itself asks, or who shares its process; not subject to permissions
 */
public record Caller(String user, long authRevision, boolean system) {

    /** A client that did not say who it is. */
    public static final Caller NOBODY = new Caller("", 0, false);

    /** The store itself: leases that end, compaction that nobody asked for; and whoever uses it in process. */
    public static final Caller SYSTEM = new Caller("", 0, true);

    /** A user that was recognized at an auth revision. */
    public static Caller user(String name, long authRevision) {
        return new Caller(name, authRevision, false);
    }
}
