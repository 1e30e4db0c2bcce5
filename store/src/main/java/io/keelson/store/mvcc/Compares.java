package io.keelson.store.mvcc;

import io.keelson.proto.etcd.Compare;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.store.fault.PlantedFault;

/** Whether the conditions of a transaction hold on a view. */
final class Compares {

    private static final KeyValue ABSENT = KeyValue.getDefaultInstance();

    private Compares() {}

    static boolean hold(View view, Iterable<Compare> compares) {
        for (Compare compare : compares) {
            if (!holds(view, compare)) {
                return false;
            }
        }
        return true;
    }

    private static long revision(View view) {
        return view.revision() - (PlantedFault.COMPARE_ON_STALE_STATE.isPlanted() ? 1 : 0);
    }

    private static boolean holds(View view, Compare compare) {
        if (compare.getRangeEnd().isEmpty()) {
            var kv = view.get(compare.getKey(), revision(view));
            return kv.map(found -> matches(found, compare)).orElseGet(() -> absentMatches(compare));
        }
        boolean any = false;
        KeyRange range = KeyRange.of(compare.getKey(), compare.getRangeEnd());
        if (!range.isEmpty()) {
            try (View.Cursor cursor = view.range(range, revision(view))) {
                while (cursor.hasNext()) {
                    any = true;
                    if (!matches(cursor.next(), compare)) {
                        return false;
                    }
                }
            }
        }
        return any || absentMatches(compare);
    }

    /** Nothing there compares as zeros; but there is no value that an absent key could equal, exceed or fall short of. */
    private static boolean absentMatches(Compare compare) {
        return compare.getTarget() != Compare.CompareTarget.VALUE && matches(ABSENT, compare);
    }

    private static boolean matches(KeyValue kv, Compare compare) {
        int order = switch (compare.getTarget()) {
            case VERSION -> Long.compare(kv.getVersion(), compare.getVersion());
            case CREATE -> Long.compare(kv.getCreateRevision(), compare.getCreateRevision());
            case MOD -> Long.compare(kv.getModRevision(), compare.getModRevision());
            case VALUE -> KeyRange.ORDER.compare(kv.getValue(), compare.getValue());
            case LEASE -> Long.compare(kv.getLease(), compare.getLease());
            // etcd answers with true for targets and results that it does not know.
            case UNRECOGNIZED -> 0;
        };
        return switch (compare.getResult()) {
            case EQUAL -> order == 0;
            case GREATER -> order > 0;
            case LESS -> order < 0;
            case NOT_EQUAL -> order != 0;
            case UNRECOGNIZED -> true;
        };
    }
}
