package io.keelson.chaos.crash;

import io.keelson.store.fault.CrashPoint;

/**
 * Where a member dies next.
 *
 * @param point the point
 * @param pass at which pass of it, from 1
 */
record Card(CrashPoint point, int pass) {

    /** The option that a member is started with. */
    String option() {
        return "-D" + CrashPoint.PROPERTY + "=" + this;
    }

    @Override
    public String toString() {
        return point + ":" + pass;
    }
}
