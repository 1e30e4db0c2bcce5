package io.keelson.orchestrator.api;

import com.google.protobuf.ByteString;
import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Conversion;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.kind.Stamped;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Rejection;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RangeResponse;
import io.keelson.store.Kv;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Gets and lists. */
final class Reads {

    /** So many keys are read from the store at once, so that neither side holds a long list twice. */
    private static final int CHUNK = 250;

    private final Kv kv;

    Reads(Kv kv) {
        this.kv = kv;
    }

    Optional<Stored> find(Ref ref) {
        return find(ref, Admission.Basis.NEWEST);
    }

    Optional<Stored> find(Ref ref, Admission.Basis basis) {
        return pair(ref, basis).map(pair -> stored(ref.kind(), pair));
    }

    private Optional<KeyValue> pair(Ref ref, Admission.Basis basis) {
        RangeRequest request = Keys.get(ref.key()).toBuilder()
                .setSerializable(basis == Admission.Basis.HERE)
                .build();
        return Failures.translated(() -> kv.range(request)).getKvsList().stream()
                .findFirst();
    }

    /** The same, if the store has come as far as a resourceVersion; that may be empty. Not read as a tree before somebody asks for that. */
    Optional<ObjectVersion> version(Ref ref, String notOlderThan) {
        RangeResponse answer = Failures.translated(() -> kv.range(Keys.get(ref.key())));
        checkNotOlder(notOlderThan, answer.getHeader().getRevision());
        return answer.getKvsList().stream()
                .findFirst()
                .map(pair -> ObjectVersion.of(ref.kind(), pair, pair.getModRevision()));
    }

    private static Stored stored(Kind kind, KeyValue pair) {
        return new Stored(object(kind, pair, pair.getModRevision()), pair.getModRevision());
    }

    /** The object of a pair as a kind shows it, with a resourceVersion. */
    static ObjectNode object(Kind kind, KeyValue pair, long revision) {
        return Conversion.read(kind, Json.withResourceVersion(pair.getValue().toByteArray(), revision));
    }

    /** The objects of a custom kind, all at once, for somebody else may have to be asked to convert them; empty for others. */
    private static List<ObjectNode> converted(Kind kind, RangeResponse answer) {
        if (kind.custom().isEmpty()) {
            return List.of();
        }
        return Conversion.readAll(
                kind,
                answer.getKvsList().stream()
                        .map(pair -> Json.withResourceVersion(pair.getValue().toByteArray(), pair.getModRevision()))
                        .toList());
    }

    /**
     * Where a list begins, and where it ends.
     *
     * @param prefix of all keys
     * @param from the first key that is wanted, without the prefix
     * @param revision to read at, 0 for the newest
     */
    record Scan(String prefix, String from, ByteString start, ByteString end, long revision) {

        static Scan of(ListQuery query) {
            String prefix = Keys.prefix(query.kind(), query.namespace());
            long revision = wantedRevision(query);
            String from = "";
            if (!query.continueToken().isEmpty()) {
                ContinueToken token = ContinueToken.parse(query.continueToken());
                revision = token.revision() == ContinueToken.NEWEST ? 0 : token.revision();
                from = token.start();
            }
            String start = prefix + from;
            Optional<String> only = onlyKey(query).filter(key -> key.compareTo(start) >= 0);
            return only.isPresent()
                    ? new Scan(prefix, from, Keys.bytes(only.get()), ByteString.EMPTY, revision)
                    : new Scan(prefix, from, Keys.bytes(start), Keys.end(prefix), revision);
        }

        /** The token with which a list goes on behind a pair. */
        String after(KeyValue pair, long at) {
            return new ContinueToken(at, pair.getKey().toStringUtf8().substring(prefix.length()) + "\0").text();
        }
    }

    private static boolean isSelective(ListQuery query) {
        return !query.labels().isEverything() || !query.fields().isEverything();
    }

    Listing list(ListQuery query) {
        Scan scan = Scan.of(query);
        long revision = scan.revision;
        boolean selective = isSelective(query);
        List<ObjectNode> items = new ArrayList<>();
        ByteString next = scan.start;
        while (true) {
            long limit = query.limit() > 0 && !selective ? query.limit() : CHUNK;
            boolean first = next.equals(scan.start);
            RangeResponse answer = first ? range(scan, revision, limit) : more(scan, next, revision, limit);
            if (revision == 0) {
                revision = answer.getHeader().getRevision();
                checkNotOlder(query.resourceVersion(), revision);
            }
            List<ObjectNode> read = converted(query.kind(), answer);
            int seen = 0;
            for (KeyValue pair : answer.getKvsList()) {
                ObjectNode object = read.isEmpty() ? object(query.kind(), pair, pair.getModRevision()) : read.get(seen);
                seen++;
                if (!selective
                        || (query.labels().matches(object) && query.fields().matches(object))) {
                    items.add(object);
                }
                boolean more = seen < answer.getKvsCount() || answer.getMore();
                if (query.limit() > 0 && items.size() == query.limit() && more) {
                    Optional<Long> remaining = selective ? Optional.empty() : Optional.of(answer.getCount() - seen);
                    return new Listing(items, revision, scan.after(pair, revision), remaining);
                }
            }
            if (!answer.getMore() || answer.getKvsCount() == 0) {
                return new Listing(items, revision, "", Optional.empty());
            }
            next = Pages.behind(answer);
        }
    }

    /** Whether a list can be told before all of it is read: with a limit and a selector the end of the page is not known before. */
    static boolean canStream(ListQuery query) {
        return query.limit() == 0 || !isSelective(query);
    }

    /**
     * As {@link #list}, but told as it is read, in pieces of {@link #CHUNK}.
     *
     * @throws ApiException also in the middle, when history is compacted meanwhile
     */
    <E extends Exception> void stream(ListQuery query, ListSink<E> sink) throws E {
        Scan scan = Scan.of(query);
        boolean paged = query.limit() > 0;
        RangeResponse answer = range(scan, scan.revision, paged ? query.limit() : CHUNK);
        long revision = scan.revision;
        if (revision == 0) {
            revision = answer.getHeader().getRevision();
            checkNotOlder(query.resourceVersion(), revision);
        }
        // Before anything is told, so that a failed conversion is an answer of its own.
        List<ObjectNode> ready = converted(query.kind(), answer);
        if (paged && answer.getMore()) {
            KeyValue last = answer.getKvs(answer.getKvsCount() - 1);
            sink.begin(revision, scan.after(last, revision), Optional.of(answer.getCount() - answer.getKvsCount()));
        } else {
            sink.begin(revision, "", Optional.empty());
        }
        while (true) {
            tell(query, answer.getKvsList(), ready, sink);
            if (paged || !answer.getMore() || answer.getKvsCount() == 0) {
                return;
            }
            answer = more(scan, Pages.behind(answer), revision, CHUNK);
            ready = converted(query.kind(), answer);
        }
    }

    private static <E extends Exception> void tell(
            ListQuery query, List<KeyValue> pairs, List<ObjectNode> converted, ListSink<E> sink) throws E {
        if (!converted.isEmpty()) {
            for (ObjectNode object : converted) {
                if (isSelected(query, object)) {
                    sink.item(Json.write(object));
                }
            }
            return;
        }
        for (KeyValue pair : pairs) {
            if (!isSelective(query) || isSelected(query, object(query.kind(), pair, pair.getModRevision()))) {
                sink.item(bytes(query.kind(), pair));
            }
        }
    }

    private static boolean isSelected(ListQuery query, ObjectNode object) {
        return query.labels().matches(object) && query.fields().matches(object);
    }

    /** As it was stored, if that is how the kind shows it. */
    private static byte[] bytes(Kind kind, KeyValue pair) {
        byte[] stored = pair.getValue().toByteArray();
        return Stamped.isOf(kind.apiVersion(), stored)
                ? Stamped.bytes(stored, pair.getModRevision())
                : Json.write(object(kind, pair, pair.getModRevision()));
    }

    /** A selector that names one object needs no scan. */
    static Optional<String> onlyKey(ListQuery query) {
        if (query.kind().namespaced() && query.namespace().isEmpty()) {
            return Optional.empty();
        }
        return query.fields()
                .required("metadata.name")
                .filter(name -> !name.isEmpty())
                .map(name -> Keys.prefix(query.kind(), query.namespace()) + name);
    }

    /** The first piece, at a revision that this replica has from then on, and how many keys there are. */
    RangeResponse range(Scan scan, long revision, long limit) {
        return range(scan, scan.start, revision, limit, false);
    }

    /** What follows a piece that was read at this revision: this replica has it, so nobody else need be asked. */
    RangeResponse more(Scan scan, ByteString from, long revision, long limit) {
        return range(scan, from, revision, limit, true);
    }

    private RangeResponse range(Scan scan, ByteString from, long revision, long limit, boolean here) {
        RangeRequest request = RangeRequest.newBuilder()
                .setSerializable(here)
                .setKey(from)
                .setRangeEnd(scan.end)
                .setRevision(revision)
                .setLimit(limit)
                .build();
        try {
            return Failures.translated(() -> here ? kv.piece(request) : kv.range(request));
        } catch (ApiException e) {
            if (e.reason() == Reason.EXPIRED) {
                throw new ApiException(expired(scan), e);
            }
            if (e.reason() == Reason.TIMEOUT && revision > 0) {
                throw new ApiException(tooLarge(revision, ""), e);
            }
            throw e;
        }
    }

    /** A list that has begun may go on at another revision, if its reader takes what comes of that. */
    private static Rejection expired(Scan scan) {
        if (scan.from.isEmpty()) {
            return Rejection.of(Reason.EXPIRED, "The resourceVersion for the provided list is too old.");
        }
        return Rejection.of(
                        Reason.EXPIRED,
                        "The provided continue parameter is too old to display a consistent list result. You can start a"
                                + " new list without the continue parameter, or use the continue token in this response"
                                + " to retrieve the remainder of the results. Continuing with the provided token results"
                                + " in an inconsistent list - objects that were created, modified, or deleted between the"
                                + " time the first chunk was returned and now may show up in the list.")
                .withContinue(new ContinueToken(ContinueToken.NEWEST, scan.from).text());
    }

    /** The revision to read at, 0 for the newest. */
    private static long wantedRevision(ListQuery query) {
        String version = query.resourceVersion();
        if (version.isEmpty()) {
            return 0;
        }
        long revision = parse(version);
        if (!query.continueToken().isEmpty() && revision > 0) {
            throw ApiException.badRequest("specifying resource version is not allowed when using continue");
        }
        // A first page of a revision is of exactly that, so that those who read pages need not know of matches.
        boolean exact = query.match() == ListQuery.VersionMatch.EXACT
                || (query.match() == ListQuery.VersionMatch.UNSET && query.limit() > 0);
        return exact ? revision : 0;
    }

    /**
     * Reads a resourceVersion that a client sent.
     *
     * @throws ApiException BAD_REQUEST if it is no number
     */
    static long parse(String version) {
        if (!version.matches("[0-9]{1,18}")) {
            throw ApiException.badRequest("Invalid value: \"" + version + "\": resourceVersion must be a number");
        }
        return Long.parseLong(version);
    }

    private static void checkNotOlder(String wanted, long revision) {
        if (!wanted.isEmpty() && parse(wanted) > revision) {
            throw new ApiException(tooLarge(parse(wanted), ", current: " + revision));
        }
    }

    private static Rejection tooLarge(long wanted, String current) {
        return Rejection.of(Reason.TIMEOUT, "Too large resource version: " + wanted + current)
                .withCause(new Cause("ResourceVersionTooLarge", "", "Too large resource version"))
                .withRetryAfter(1);
    }
}
