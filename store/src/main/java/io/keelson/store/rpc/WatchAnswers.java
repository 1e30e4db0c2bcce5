package io.keelson.store.rpc;

import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.ResponseHeader;
import io.keelson.proto.etcd.WatchCreateRequest.FilterType;
import io.keelson.proto.etcd.WatchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A watch's events cut into answers. One answer holds whole revisions and as many as fit; a revision that does not fit alone is
 * one large answer, or pieces if the client said that it can put them together.
 *
 * <pre>
 *   events at 5 5 6 7, room for three:   [5 5 6] header 6,  [7] header through
 * </pre>
 */
final class WatchAnswers {

    private WatchAnswers() {}

    /** The events that pass the filters. */
    static List<Event> filter(List<Event> events, Set<FilterType> filters) {
        if (filters.isEmpty()) {
            return events;
        }
        return events.stream()
                .filter(event -> !filters.contains(
                        event.getType() == Event.EventType.PUT ? FilterType.NOPUT : FilterType.NODELETE))
                .toList();
    }

    /**
     * Cuts.
     *
     * @param header with {@code through}, the revision up to which {@code events} is complete
     * @param events of whole revisions, in order
     * @param maxBytes how large an answer should be at most; one event is never cut
     */
    static List<WatchResponse> cut(
            ResponseHeader header, long watchId, List<Event> events, boolean fragment, int maxBytes) {
        if (!events.isEmpty() && bytes(events) <= maxBytes) {
            return List.of(WatchResponse.newBuilder()
                    .setHeader(header)
                    .setWatchId(watchId)
                    .addAllEvents(events)
                    .build());
        }
        var answers = new ArrayList<WatchResponse>();
        var answer = new ArrayList<Event>();
        long answerBytes = 0;
        for (int begin = 0; begin < events.size(); ) {
            int end = endOfRevision(events, begin);
            List<Event> revision = events.subList(begin, end);
            long revisionBytes = bytes(revision);
            if (!answer.isEmpty() && answerBytes + revisionBytes > maxBytes) {
                answers.add(whole(header, watchId, answer));
                answer.clear();
                answerBytes = 0;
            }
            if (fragment && revisionBytes > maxBytes) {
                answers.addAll(pieces(header, watchId, revision, maxBytes));
            } else {
                answer.addAll(revision);
                answerBytes += revisionBytes;
            }
            begin = end;
        }
        if (!answer.isEmpty()) {
            answers.add(whole(header, watchId, answer));
        }
        if (!answers.isEmpty()) {
            // Only with the last is everything up to the header's revision said.
            answers.set(
                    answers.size() - 1,
                    answers.getLast().toBuilder().setHeader(header).build());
        }
        return answers;
    }

    /** Their size; each message knows its own once it was asked. */
    private static long bytes(List<Event> events) {
        long bytes = 0;
        for (Event event : events) {
            bytes += event.getSerializedSize();
        }
        return bytes;
    }

    private static int endOfRevision(List<Event> events, int begin) {
        int end = begin;
        while (end < events.size() && revision(events.get(end)) == revision(events.get(begin))) {
            end++;
        }
        return end;
    }

    private static WatchResponse whole(ResponseHeader header, long watchId, List<Event> events) {
        return WatchResponse.newBuilder()
                .setHeader(header.toBuilder().setRevision(revision(events.getLast())))
                .setWatchId(watchId)
                .addAllEvents(events)
                .build();
    }

    private static List<WatchResponse> pieces(ResponseHeader header, long watchId, List<Event> revision, int maxBytes) {
        var pieces = new ArrayList<WatchResponse>();
        var piece = new ArrayList<Event>();
        int bytes = 0;
        for (Event event : revision) {
            if (!piece.isEmpty() && bytes + event.getSerializedSize() > maxBytes) {
                pieces.add(whole(header, watchId, piece).toBuilder()
                        .setFragment(true)
                        .build());
                piece.clear();
                bytes = 0;
            }
            piece.add(event);
            bytes += event.getSerializedSize();
        }
        pieces.add(whole(header, watchId, piece));
        return pieces;
    }

    private static long revision(Event event) {
        return event.getKv().getModRevision();
    }
}
