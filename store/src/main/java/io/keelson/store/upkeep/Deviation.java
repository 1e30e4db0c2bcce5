package io.keelson.store.upkeep;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** Which members' data are not what the others' are. */
public final class Deviation {

    /** Stands for all members, where it cannot be said which of them are wrong; etcd's alarms use the same. */
    public static final long ANY = 0;

    private Deviation() {}

    /**
     * Those whose hash is not that of the majority.
     *
     * @param hashes by member id, all of the same revision; members that did not answer are absent
     * @param members how many members there are, those included
     * @return empty if all hashes are equal; {@link #ANY} alone if they differ and none belongs to a majority of all members
     */
    public static Set<Long> of(Map<Long, Long> hashes, int members) {
        if (Set.copyOf(hashes.values()).size() <= 1) {
            return Set.of();
        }
        OptionalLong majority = majority(hashes.values(), members);
        if (majority.isEmpty()) {
            return Set.of(ANY);
        }
        var deviating = new TreeSet<Long>();
        hashes.forEach((member, hash) -> {
            if (hash != majority.getAsLong()) {
                deviating.add(member);
            }
        });
        return deviating;
    }

    /** The hash that more than half of all members have. */
    private static OptionalLong majority(Collection<Long> hashes, int members) {
        var counts = new HashMap<Long, Integer>();
        hashes.forEach(hash -> counts.merge(hash, 1, Integer::sum));
        return counts.entrySet().stream()
                .filter(entry -> entry.getValue() * 2 > members)
                .mapToLong(Map.Entry::getKey)
                .findFirst();
    }
}
