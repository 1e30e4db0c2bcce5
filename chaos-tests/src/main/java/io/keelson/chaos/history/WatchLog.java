package io.keelson.chaos.history;

import java.util.List;
import java.util.Optional;

/**
 * One watch from its making to its end, and all that it delivered.
 *
 * @param client who watched
 * @param member index of the member that was watched
 * @param wanted what was asked for
 * @param answers in the order in which they came
 */
public record WatchLog(int client, int member, Wanted wanted, List<Answer> answers) {

    /**
     * What a watch is to deliver.
     *
     * @param keys of which keys
     * @param start the first revision; 0: the next one
     * @param previous with the value before
     * @param withoutPuts only deletes
     * @param withoutDeletes only puts
     * @param fragment one revision may come in parts
     */
    public record Wanted(
            Keys keys, long start, boolean previous, boolean withoutPuts, boolean withoutDeletes, boolean fragment) {}

    /**
     * One message.
     *
     * @param received when it came
     * @param revision the store's revision in the header
     * @param kind what it is
     * @param events what it carries
     */
    public record Answer(long received, long revision, Kind kind, List<Seen> events) {}

    /** What a message tells. */
    public sealed interface Kind {
        /** The watch is there. */
        record Created() implements Kind {}

        /** Changes. */
        record Events(boolean moreFragments) implements Kind {}

        /** Everything up to the header's revision was sent. */
        record Progress() implements Kind {}

        /** The server ends the watch; {@code compacted} is above 0 if what was wanted is gone. */
        record Canceled(long compacted, String why) implements Kind {}
    }

    /**
     * One change as delivered.
     *
     * @param change what happened
     * @param before the key before, if it was asked for and there was one
     */
    public record Seen(Change change, Optional<Version> before) {}
}
