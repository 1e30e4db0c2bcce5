package io.keelson.chaos.check;

import io.keelson.chaos.history.Op;
import io.keelson.chaos.history.Recording;
import io.keelson.chaos.history.Result;
import io.keelson.chaos.history.WatchLog;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The newest revision that anybody had seen by a moment, in an answer or by a watch. What is seen is committed, so whoever asks
 * later must be told of it.
 */
final class Known {

    private record Moment(long at, long revision) {}

    private final NavigableMap<Long, Long> newest = new TreeMap<>();

    Known(Recording recording) {
        List<Moment> moments = new ArrayList<>();
        for (Op op : recording.ops()) {
            if (op.result() instanceof Result.Ok ok) {
                moments.add(new Moment(op.returned(), ok.revision()));
            }
        }
        for (WatchLog watch : recording.watches()) {
            for (WatchLog.Answer answer : watch.answers()) {
                answer.events()
                        .forEach(seen -> moments.add(
                                new Moment(answer.received(), seen.change().revision())));
            }
        }
        moments.sort(Comparator.comparingLong(Moment::at));
        long highest = 0;
        for (Moment moment : moments) {
            if (moment.revision() > highest) {
                highest = moment.revision();
                newest.put(moment.at(), highest);
            }
        }
    }

    /** The newest revision seen before a moment. */
    long before(long moment) {
        var entry = newest.lowerEntry(moment);
        return entry == null ? 0 : entry.getValue();
    }
}
