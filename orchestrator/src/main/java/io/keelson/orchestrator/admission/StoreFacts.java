package io.keelson.orchestrator.admission;

import com.google.protobuf.ByteString;
import io.keelson.orchestrator.admit.Facts;
import io.keelson.orchestrator.api.Failures;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.auth.Decision;
import io.keelson.orchestrator.kind.Conversion;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RangeResponse;
import io.keelson.store.Kv;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * The objects as they are during one attempt at a write, and what must not change until it is committed: namespaces, and all in them that
 * was read but pods, which only warnings are about and which change all the time. Kinds of the whole cluster may change: a write that began
 * before a class or a policy came may be judged without it.
 */
final class StoreFacts implements Facts {

    private static final String HOOKS_AND_POLICIES = "admissionregistration.k8s.io";

    private final Kv kv;
    private final Sources sources;
    private final Map<String, Long> unchanged = new HashMap<>();
    private final Map<String, Long> ranges = new HashMap<>();
    private final Map<String, List<ObjectNode>> lists = new HashMap<>();
    private final Map<Ref, Optional<ObjectNode>> found = new HashMap<>();
    private final boolean mayLag;

    /** Whether the local replica is known to show everything that was written before the request. */
    private boolean caughtUp;

    private StoreFacts(Kv kv, Sources sources, boolean mayLag, boolean caughtUp) {
        this.kv = kv;
        this.sources = sources;
        this.mayLag = mayLag;
        this.caughtUp = caughtUp;
    }

    /**
     * Facts of the newest state.
     *
     * @param caughtUp whether something was read linearizably since the request came; reads of the local replica do from then on
     */
    static StoreFacts newest(Kv kv, Sources sources, boolean caughtUp) {
        return new StoreFacts(kv, sources, false, caughtUp);
    }

    /**
     * Facts by what this replica has, as far as guards can tell whether that is the newest: that an object is as it is here, or that there
     * is none of a kind. For all else the newest is read.
     */
    static StoreFacts here(Kv kv, Sources sources) {
        return new StoreFacts(kv, sources, true, false);
    }

    /** Keys that must still be at these revisions. */
    Map<String, Long> unchanged() {
        return unchanged;
    }

    /** Begins of keys under which nothing may have been written after these revisions. */
    Map<String, Long> ranges() {
        return ranges;
    }

    @Override
    public Optional<Kind> kind(String apiVersion, String kind) {
        return sources.kinds().get().byApiVersion(apiVersion, kind);
    }

    @Override
    public Decision decide(User user, Access access) {
        return sources.rights().decide(user, access);
    }

    @Override
    public Optional<ObjectNode> find(Kind kind, String namespace, String name) {
        return found.computeIfAbsent(new Ref(kind, namespace, name), this::read);
    }

    private Optional<ObjectNode> read(Ref ref) {
        Kind kind = ref.kind();
        String key = ref.key();
        RangeRequest.Builder one = RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key));
        RangeResponse answer = mayLag ? readHere(one) : read(one);
        Optional<KeyValue> pair = answer.getKvsList().stream().findFirst();
        if (kind.namespaced() || kind.equals(Kinds.NAMESPACE) || mayLag) {
            unchanged.merge(key, pair.map(KeyValue::getModRevision).orElse(0L), Math::min);
        }
        return pair.map(each -> object(kind, each));
    }

    @Override
    public List<ObjectNode> list(Kind kind, String namespace) {
        String prefix = kind.keyPrefix() + (namespace.isEmpty() ? "" : namespace + "/");
        return lists.computeIfAbsent(prefix, _ -> isNoneHere(kind, prefix) ? List.of() : read(kind, prefix));
    }

    /** Whether there is none by what this replica has, or has had; that this is so must then hold when the write is committed. */
    private boolean isNoneHere(Kind kind, String prefix) {
        if (!mayLag || kind.equals(Kinds.POD)) {
            return false;
        }
        // Those of one group are asked for one after the other, and mostly there is none of any.
        String all = kind.group().equals(HOOKS_AND_POLICIES) ? "/registry/" + HOOKS_AND_POLICIES + "/" : prefix;
        if (ranges.containsKey(all)) {
            return true;
        }
        Optional<Long> none = sources.empty().at(all).or(() -> noneHere(all));
        none.ifPresent(revision -> ranges.put(all, revision));
        return none.isPresent();
    }

    /** The revision of this replica, if there is nothing under a prefix. */
    private Optional<Long> noneHere(String prefix) {
        RangeResponse first = readHere(RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(prefix))
                .setRangeEnd(end(prefix))
                .setKeysOnly(true)
                .setLimit(1));
        if (first.getKvsCount() > 0) {
            return Optional.empty();
        }
        long revision = first.getHeader().getRevision();
        sources.empty().note(prefix, revision);
        return Optional.of(revision);
    }

    private List<ObjectNode> read(Kind kind, String prefix) {
        RangeRequest.Builder range = RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(prefix))
                .setRangeEnd(end(prefix));
        if (!kind.namespaced()) {
            return sources.parsed().all(prefix, read(range.setKeysOnly(true)), key -> newest(kind, key));
        }
        RangeResponse answer = read(range);
        if (!kind.equals(Kinds.POD)) {
            ranges.put(prefix, answer.getHeader().getRevision());
        }
        List<ObjectNode> objects = new ArrayList<>();
        answer.getKvsList().forEach(pair -> objects.add(object(kind, pair)));
        return objects;
    }

    private Optional<Parsed.Entry> newest(Kind kind, ByteString key) {
        return read(RangeRequest.newBuilder().setKey(key)).getKvsList().stream()
                .findFirst()
                .map(pair -> new Parsed.Entry(pair.getModRevision(), object(kind, pair)));
    }

    private RangeResponse readHere(RangeRequest.Builder request) {
        return Failures.translated(() -> kv.range(request.setSerializable(true).build()));
    }

    private RangeResponse read(RangeRequest.Builder request) {
        RangeResponse answer = Failures.translated(
                () -> kv.range(request.setSerializable(caughtUp).build()));
        caughtUp = true;
        return answer;
    }

    private static ObjectNode object(Kind kind, KeyValue pair) {
        return Conversion.read(kind, Json.withResourceVersion(pair.getValue().toByteArray(), pair.getModRevision()));
    }

    private static ByteString end(String prefix) {
        byte[] end = prefix.getBytes(StandardCharsets.UTF_8);
        end[end.length - 1]++;
        return ByteString.copyFrom(end);
    }
}
