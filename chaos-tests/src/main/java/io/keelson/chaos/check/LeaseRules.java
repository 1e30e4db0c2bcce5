package io.keelson.chaos.check;

import io.keelson.chaos.history.Change;
import io.keelson.chaos.history.Op;
import io.keelson.chaos.history.Recording;
import io.keelson.chaos.history.Request;
import io.keelson.chaos.history.Result;
import io.keelson.chaos.history.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A lease lives until its time has passed since it was last renewed, unless somebody ends it. The clients' clock is enough to see that: a
 * renewal took effect after it was asked for, so the keys must be seen for at least the time from then on.
 */
public final class LeaseRules {

    private record Life(long from, long until) {}

    private LeaseRules() {}

    /** Keys of leases that went too early; empty when all is well. */
    public static List<Violation> violations(Truth truth, Recording recording) {
        Map<Long, List<Life>> lives = new HashMap<>();
        Set<Long> revoked = new HashSet<>();
        for (Op op : recording.ops()) {
            switch (op.request()) {
                case Request.Grant(long lease, long _) -> live(lives, lease, op);
                case Request.KeepAlive(long lease) -> live(lives, lease, op);
                case Request.Revoke(long lease) -> revoked.add(lease);
                case Request.Read _, Request.Write _, Request.Compact _, Request.Hold _, Request.Order _ -> {}
            }
        }
        Set<Long> asked = askedFor(truth, recording);
        var violations = new ArrayList<Violation>();
        truth.revisions().forEach((revision, changes) -> {
            if (!asked.contains(revision)) {
                changes.stream()
                        .filter(change -> change.after().isEmpty())
                        .forEach(change -> judge(truth, change, lives, revoked, violations));
            }
        });
        return violations;
    }

    /** The revisions of transactions that were answered, which may delete keys of leases too. */
    private static Set<Long> askedFor(Truth truth, Recording recording) {
        var asked = new HashSet<Long>();
        for (Op op : recording.ops()) {
            if (op.request() instanceof Request.Write write
                    && op.result() instanceof Result.Ok ok
                    && !Model.run(truth, ok.revision() - 1, write).changes().isEmpty()) {
                asked.add(ok.revision());
            }
        }
        return asked;
    }

    private static void live(Map<Long, List<Life>> lives, long lease, Op op) {
        if (op.result() instanceof Result.Ok(long _, Result.Body.Lifetime(long seconds)) && seconds > 0) {
            lives.computeIfAbsent(lease, _ -> new ArrayList<>())
                    .add(new Life(op.invoked(), op.invoked() + TimeUnit.SECONDS.toNanos(seconds)));
        }
    }

    private static void judge(
            Truth truth, Change change, Map<Long, List<Life>> lives, Set<Long> revoked, List<Violation> violations) {
        long lease = truth.get(change.key(), change.revision() - 1)
                .map(Version::lease)
                .orElse(0L);
        long seen = truth.seenAt(change.revision()).orElse(Long.MAX_VALUE);
        if (lease == 0 || revoked.contains(lease)) {
            return;
        }
        for (Life life : lives.getOrDefault(lease, List.of())) {
            // A client that deletes with no answer is not known here; workloads with leases delete nothing.
            if (seen > life.from && seen < life.until) {
                violations.add(new Violation(
                        "a lease lives its time",
                        String.format(
                                java.util.Locale.ROOT,
                                "%s of lease %x was gone at revision %d, seen at %.3f s; its lease was asked to live at %.3f s, was granted it, and had time until %.3f s",
                                change.key(),
                                lease,
                                change.revision(),
                                seen / 1e9,
                                life.from / 1e9,
                                life.until / 1e9),
                        seen,
                        -1));
                return;
            }
        }
    }
}
