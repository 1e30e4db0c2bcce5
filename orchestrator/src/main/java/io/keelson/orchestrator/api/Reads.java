package io.keelson.orchestrator.api;

import com.google.protobuf.ByteString;
import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Conversion;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Ref;
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
    private static final int CHUNK = 1_000;

    private final Kv kv;

    Reads(Kv kv) {
        this.kv = kv;
    }

    Optional<Stored> find(Ref ref) {
        RangeResponse answer = Failures.translated(() -> kv.range(Keys.get(ref.key())));
        return answer.getKvsList().stream().findFirst().map(pair -> stored(ref.kind(), pair));
    }

    private static Stored stored(Kind kind, KeyValue pair) {
        return new Stored(object(kind, pair, pair.getModRevision()), pair.getModRevision());
    }

    /** The object of a pair as a kind shows it, with a resourceVersion. */
    static ObjectNode object(Kind kind, KeyValue pair, long revision) {
        return Conversion.read(kind, Json.withResourceVersion(pair.getValue().toByteArray(), revision));
    }

    Listing list(ListQuery query) {
        String prefix = Keys.prefix(query.kind(), query.namespace());
        long revision = wantedRevision(query);
        String start = "";
        if (!query.continueToken().isEmpty()) {
            ContinueToken token = ContinueToken.parse(query.continueToken());
            revision = token.revision();
            start = token.start();
        }
        boolean selective = !query.labels().isEverything() || !query.fields().isEverything();
        List<ObjectNode> items = new ArrayList<>();
        ByteString next = Keys.bytes(prefix + start);
        ByteString end = Keys.end(prefix);
        Optional<String> only = onlyKey(query);
        if (only.isPresent()) {
            next = Keys.bytes(only.get());
            end = ByteString.EMPTY;
        }
        while (true) {
            RangeResponse answer = range(next, end, revision, query.limit() > 0 && !selective ? query.limit() : CHUNK);
            if (revision == 0) {
                revision = answer.getHeader().getRevision();
                checkNotOlder(query, revision);
            }
            long seen = 0;
            for (KeyValue pair : answer.getKvsList()) {
                seen++;
                ObjectNode object = object(query.kind(), pair, pair.getModRevision());
                if (!selective
                        || (query.labels().matches(object) && query.fields().matches(object))) {
                    items.add(object);
                }
                boolean more = seen < answer.getKvsCount() || answer.getMore();
                if (query.limit() > 0 && items.size() == query.limit() && more) {
                    String after = pair.getKey().toStringUtf8().substring(prefix.length()) + "\0";
                    Optional<Long> remaining = selective ? Optional.empty() : Optional.of(answer.getCount() - seen);
                    return new Listing(items, revision, new ContinueToken(revision, after).text(), remaining);
                }
            }
            if (!answer.getMore() || answer.getKvsCount() == 0) {
                return new Listing(items, revision, "", Optional.empty());
            }
            next = answer.getKvs(answer.getKvsCount() - 1).getKey().concat(ByteString.copyFrom(new byte[1]));
        }
    }

    /** A selector that names one object needs no scan. */
    private static Optional<String> onlyKey(ListQuery query) {
        if (query.kind().namespaced() && query.namespace().isEmpty()) {
            return Optional.empty();
        }
        return query.fields()
                .required("metadata.name")
                .filter(name -> !name.isEmpty())
                .map(name -> Keys.prefix(query.kind(), query.namespace()) + name);
    }

    private RangeResponse range(ByteString from, ByteString end, long revision, long limit) {
        RangeRequest request = RangeRequest.newBuilder()
                .setKey(from)
                .setRangeEnd(end)
                .setRevision(revision)
                .setLimit(limit)
                .build();
        try {
            return Failures.translated(() -> kv.range(request));
        } catch (ApiException e) {
            if (e.reason() == Reason.EXPIRED) {
                throw new ApiException(
                        Rejection.of(
                                Reason.EXPIRED,
                                "The provided resource version or continue parameter is too old to display a consistent list"
                                        + " result. You must start a new list without it."),
                        e);
            }
            if (e.reason() == Reason.TIMEOUT && revision > 0) {
                throw new ApiException(tooLarge(revision, ""), e);
            }
            throw e;
        }
    }

    /** The revision to read at, 0 for the newest. */
    private static long wantedRevision(ListQuery query) {
        String version = query.resourceVersion();
        boolean exact = query.match() == ListQuery.VersionMatch.EXACT;
        if (version.isEmpty()) {
            if (query.match() != ListQuery.VersionMatch.UNSET) {
                throw ApiException.badRequest("resourceVersionMatch is forbidden unless resourceVersion is provided");
            }
            return 0;
        }
        if (!query.continueToken().isEmpty()) {
            throw ApiException.badRequest("specifying resource version is not allowed when using continue");
        }
        long revision = parse(version);
        if (exact && revision == 0) {
            throw ApiException.badRequest("resourceVersionMatch \"Exact\" is forbidden for resourceVersion \"0\"");
        }
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

    private static void checkNotOlder(ListQuery query, long revision) {
        if (!query.resourceVersion().isEmpty() && parse(query.resourceVersion()) > revision) {
            throw new ApiException(tooLarge(parse(query.resourceVersion()), ", current: " + revision));
        }
    }

    private static Rejection tooLarge(long wanted, String current) {
        return Rejection.of(Reason.TIMEOUT, "Too large resource version: " + wanted + current)
                .withCause(new Cause("ResourceVersionTooLarge", "", "Too large resource version"));
    }
}
