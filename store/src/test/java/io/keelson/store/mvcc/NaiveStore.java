package io.keelson.store.mvcc;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.AlarmMember;
import io.keelson.proto.etcd.AlarmRequest;
import io.keelson.proto.etcd.AlarmType;
import io.keelson.proto.etcd.Compare;
import io.keelson.proto.etcd.DeleteRangeRequest;
import io.keelson.proto.etcd.DeleteRangeResponse;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.PutResponse;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RangeResponse;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.ResponseHeader;
import io.keelson.proto.etcd.ResponseOp;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.proto.etcd.TxnResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * The oracle: the plainest store that keeps etcd's rules. A full copy of all keys for every revision, nothing shared with the
 * code under test but the messages. A refusal is thrown as {@link Refused}, before anything is changed.
 */
public final class NaiveStore {

    /** Not carried out. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    /** One change of one key; {@code after} is empty for a deletion. */
    public record Happened(ByteString key, long revision, List<KeyValue> after) {}

    private static final Comparator<ByteString> BYTES = (one, other) -> {
        for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
            int difference = (one.byteAt(i) & 0xff) - (other.byteAt(i) & 0xff);
            if (difference != 0) {
                return difference;
            }
        }
        return one.size() - other.size();
    };

    /** By revision; there is no revision 0. */
    private final List<NavigableMap<ByteString, KeyValue>> states =
            new ArrayList<>(List.of(new TreeMap<>(BYTES), new TreeMap<>(BYTES)));

    private final List<List<Happened>> events = new ArrayList<>(List.of(List.of(), List.of()));
    private final Map<Long, Long> leases = new HashMap<>();
    private final Map<Long, Long> remaining = new HashMap<>();
    private final List<AlarmMember> alarms = new ArrayList<>();
    private long revision = 1;
    private long compact;

    /** The newest revision. */
    public long revision() {
        return revision;
    }

    /** The oldest revision that can be read. */
    public long compactRevision() {
        return compact;
    }

    /** TTL of each lease by its id. */
    public Map<Long, Long> leases() {
        return leases;
    }

    /** What was noted of the remaining seconds of leases. */
    public Map<Long, Long> remaining() {
        return remaining;
    }

    /** Alarms that are on, in no order. */
    public List<AlarmMember> alarms() {
        return alarms;
    }

    /** What happened at a revision. */
    public List<Happened> events(long at) {
        return events.get((int) at);
    }

    private NavigableMap<ByteString, KeyValue> now() {
        return states.get((int) revision);
    }

    RangeResponse range(RangeRequest request) {
        legal(request);
        return range(now(), revision, request);
    }

    private void legal(RangeRequest request) {
        notCorrupt();
        if (request.getRevision() > revision) {
            throw new Refused("etcdserver: mvcc: required revision is a future revision");
        }
        if (request.getRevision() > 0 && request.getRevision() < compact) {
            throw new Refused("etcdserver: mvcc: required revision has been compacted");
        }
    }

    private RangeResponse range(
            NavigableMap<ByteString, KeyValue> current, long currentRevision, RangeRequest request) {
        boolean past = request.getRevision() > 0 && request.getRevision() < currentRevision;
        var from = past ? states.get((int) request.getRevision()) : current;
        var all = new ArrayList<KeyValue>();
        from.values().stream()
                .filter(kv -> inside(kv.getKey(), request.getKey(), request.getRangeEnd()))
                .forEach(all::add);
        var response = RangeResponse.newBuilder().setCount(all.size());
        if (request.getCountOnly()) {
            return response.build();
        }
        boolean filters = request.getMinModRevision() != 0
                || request.getMaxModRevision() != 0
                || request.getMinCreateRevision() != 0
                || request.getMaxCreateRevision() != 0;
        boolean sorts = request.getSortOrder() != RangeRequest.SortOrder.NONE;
        long limit = request.getLimit() > 0 ? request.getLimit() : Long.MAX_VALUE;
        List<KeyValue> left = all;
        boolean more = false;
        if (!filters && !sorts && left.size() > limit) {
            // etcd reads one more than asked for, sorts those, and then cuts.
            left = new ArrayList<>(left.subList(0, (int) limit + 1));
        }
        if (filters) {
            left.removeIf(kv -> request.getMinModRevision() != 0 && kv.getModRevision() < request.getMinModRevision());
            left.removeIf(kv -> request.getMaxModRevision() != 0 && kv.getModRevision() > request.getMaxModRevision());
            left.removeIf(kv ->
                    request.getMinCreateRevision() != 0 && kv.getCreateRevision() < request.getMinCreateRevision());
            left.removeIf(kv ->
                    request.getMaxCreateRevision() != 0 && kv.getCreateRevision() > request.getMaxCreateRevision());
        }
        Comparator<KeyValue> order = switch (request.getSortTarget()) {
            case KEY -> Comparator.comparing(KeyValue::getKey, BYTES);
            case VALUE -> Comparator.comparing(KeyValue::getValue, BYTES);
            case MOD -> Comparator.comparingLong(KeyValue::getModRevision);
            case CREATE -> Comparator.comparingLong(KeyValue::getCreateRevision);
            case VERSION -> Comparator.comparingLong(KeyValue::getVersion);
            case UNRECOGNIZED -> throw new Refused("etcdserver: invalid sort option");
        };
        if (sorts || request.getSortTarget() != RangeRequest.SortTarget.KEY) {
            left.sort(request.getSortOrder() == RangeRequest.SortOrder.DESCEND ? order.reversed() : order);
        }
        if (left.size() > limit) {
            left = left.subList(0, (int) limit);
            more = true;
        }
        for (KeyValue kv : left) {
            response.addKvs(request.getKeysOnly() ? kv.toBuilder().clearValue().build() : kv);
        }
        return response.setMore(more).build();
    }

    private static boolean inside(ByteString key, ByteString from, ByteString end) {
        if (end.isEmpty()) {
            return key.equals(from);
        }
        boolean open = end.size() == 1 && end.byteAt(0) == 0;
        return BYTES.compare(key, from) >= 0 && (open || BYTES.compare(key, end) < 0);
    }

    // ---- writes ----------------------------------------------------------------------------------------------------

    /** A revision in the making. */
    private final class Draft {
        final NavigableMap<ByteString, KeyValue> state = new TreeMap<>(now());
        final List<Happened> happened = new ArrayList<>();
        final long writes = revision + 1;

        long revision() {
            return happened.isEmpty() ? revision : writes;
        }

        ResponseHeader header() {
            return ResponseHeader.newBuilder().setRevision(revision()).build();
        }

        void commit() {
            if (!happened.isEmpty()) {
                revision = writes;
                states.add(state);
                events.add(happened);
            }
        }
    }

    PutResponse put(PutRequest request) {
        hasSpace();
        legal(request);
        var draft = new Draft();
        PutResponse response = put(draft, request);
        draft.commit();
        return response;
    }

    DeleteRangeResponse delete(DeleteRangeRequest request) {
        notCorrupt();
        var draft = new Draft();
        DeleteRangeResponse response = delete(draft, request);
        draft.commit();
        return response;
    }

    TxnResponse txn(TxnRequest request) {
        notCorrupt();
        if (puts(request)) {
            hasSpace();
        }
        var path = new ArrayList<Boolean>();
        decide(request, path);
        chosen(request, new ArrayList<>(path)).stream()
                .filter(RequestOp::hasRequestPut)
                .forEach(op -> legalInTxn(op.getRequestPut()));
        chosen(request, new ArrayList<>(path)).stream()
                .filter(RequestOp::hasRequestRange)
                .forEach(op -> legal(op.getRequestRange()));
        var draft = new Draft();
        TxnResponse response = txn(draft, request, path);
        draft.commit();
        return response.toBuilder().setHeader(draft.header()).build();
    }

    private void legal(PutRequest request) {
        leaseIsThere(request);
        keyIsThere(request);
    }

    private void legalInTxn(PutRequest request) {
        keyIsThere(request);
        leaseIsThere(request);
    }

    private void keyIsThere(PutRequest request) {
        if ((request.getIgnoreValue() || request.getIgnoreLease()) && !now().containsKey(request.getKey())) {
            throw new Refused("etcdserver: key not found");
        }
    }

    private void leaseIsThere(PutRequest request) {
        if (request.getLease() != 0 && !leases.containsKey(request.getLease())) {
            throw new Refused("etcdserver: requested lease not found");
        }
    }

    private PutResponse put(Draft draft, PutRequest request) {
        KeyValue old = draft.state.get(request.getKey());
        var kv = KeyValue.newBuilder()
                .setKey(request.getKey())
                .setValue(request.getValue())
                .setLease(request.getLease())
                .setCreateRevision(draft.writes)
                .setModRevision(draft.writes)
                .setVersion(1);
        var response = PutResponse.newBuilder();
        if (old != null) {
            kv.setCreateRevision(old.getCreateRevision()).setVersion(old.getVersion() + 1);
            if (request.getIgnoreValue()) {
                kv.setValue(old.getValue());
            }
            if (request.getIgnoreLease()) {
                kv.setLease(old.getLease());
            }
            if (request.getPrevKv()) {
                response.setPrevKv(old);
            }
        }
        draft.state.put(request.getKey(), kv.build());
        draft.happened.add(new Happened(request.getKey(), draft.writes, List.of(kv.build())));
        return response.setHeader(draft.header()).build();
    }

    private DeleteRangeResponse delete(Draft draft, DeleteRangeRequest request) {
        var response = DeleteRangeResponse.newBuilder();
        for (KeyValue kv : List.copyOf(draft.state.values())) {
            if (inside(kv.getKey(), request.getKey(), request.getRangeEnd())) {
                draft.state.remove(kv.getKey());
                draft.happened.add(new Happened(kv.getKey(), draft.writes, List.of()));
                response.setDeleted(response.getDeleted() + 1);
                if (request.getPrevKv()) {
                    response.addPrevKvs(kv);
                }
            }
        }
        return response.setHeader(draft.header()).build();
    }

    /** All decisions of a transaction and of those nested in it, in the order in which they are met. */
    private void decide(TxnRequest request, List<Boolean> path) {
        boolean good = request.getCompareList().stream().allMatch(this::holds);
        path.add(good);
        for (RequestOp op : good ? request.getSuccessList() : request.getFailureList()) {
            if (op.hasRequestTxn()) {
                decide(op.getRequestTxn(), path);
            }
        }
    }

    private boolean holds(Compare compare) {
        List<KeyValue> met = now().values().stream()
                .filter(kv -> inside(kv.getKey(), compare.getKey(), compare.getRangeEnd()))
                .toList();
        if (compare.getTarget() == Compare.CompareTarget.VALUE) {
            return !met.isEmpty()
                    && met.stream().allMatch(kv -> result(compare, BYTES.compare(kv.getValue(), compare.getValue())));
        }
        ToLongFunction<KeyValue> number = switch (compare.getTarget()) {
            case VERSION -> KeyValue::getVersion;
            case CREATE -> KeyValue::getCreateRevision;
            case MOD -> KeyValue::getModRevision;
            case LEASE -> KeyValue::getLease;
            case VALUE, UNRECOGNIZED -> throw new AssertionError(compare);
        };
        long wanted =
                compare.getVersion() + compare.getCreateRevision() + compare.getModRevision() + compare.getLease();
        List<KeyValue> judged = met.isEmpty() ? List.of(KeyValue.getDefaultInstance()) : met;
        return judged.stream().allMatch(kv -> result(compare, Long.compare(number.applyAsLong(kv), wanted)));
    }

    private static boolean result(Compare compare, int order) {
        return switch (compare.getResult()) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case GREATER -> order > 0;
            case LESS -> order < 0;
            case UNRECOGNIZED -> throw new AssertionError(compare);
        };
    }

    /** The operations that will run, those of nested transactions among them. */
    private static List<RequestOp> chosen(TxnRequest request, List<Boolean> path) {
        var all = new ArrayList<RequestOp>();
        for (RequestOp op : path.removeFirst() ? request.getSuccessList() : request.getFailureList()) {
            if (op.hasRequestTxn()) {
                all.addAll(chosen(op.getRequestTxn(), path));
            } else {
                all.add(op);
            }
        }
        return all;
    }

    private TxnResponse txn(Draft draft, TxnRequest request, List<Boolean> path) {
        boolean good = path.removeFirst();
        var response = TxnResponse.newBuilder().setSucceeded(good);
        for (RequestOp op : good ? request.getSuccessList() : request.getFailureList()) {
            var answer = ResponseOp.newBuilder();
            if (op.hasRequestRange()) {
                answer.setResponseRange(range(draft.state, draft.revision(), op.getRequestRange()).toBuilder()
                        .setHeader(draft.header()));
            } else if (op.hasRequestPut()) {
                answer.setResponsePut(put(draft, op.getRequestPut()));
            } else if (op.hasRequestDeleteRange()) {
                answer.setResponseDeleteRange(delete(draft, op.getRequestDeleteRange()));
            } else {
                answer.setResponseTxn(txn(draft, op.getRequestTxn(), path));
            }
            response.addResponses(answer);
        }
        // Only the outermost answer says its revision.
        return response.setHeader(ResponseHeader.getDefaultInstance()).build();
    }

    void compact(long at) {
        notCorrupt();
        if (at <= compact) {
            throw new Refused("etcdserver: mvcc: required revision has been compacted");
        }
        if (at > revision) {
            throw new Refused("etcdserver: mvcc: required revision is a future revision");
        }
        compact = at;
    }

    void grant(long id, long ttl) {
        hasSpace();
        if (leases.containsKey(id)) {
            throw new Refused("etcdserver: lease already exists");
        }
        leases.put(id, ttl);
    }

    void checkpoint(long id, long left) {
        remaining.remove(id);
        if (leases.containsKey(id) && left > 0 && left < leases.get(id)) {
            remaining.put(id, left);
        }
    }

    List<AlarmMember> alarm(AlarmRequest request) {
        if (request.getAction() == AlarmRequest.AlarmAction.ACTIVATE) {
            if (request.getAlarm() == AlarmType.NONE) {
                return List.of();
            }
            var alarm = AlarmMember.newBuilder()
                    .setMemberID(request.getMemberID())
                    .setAlarm(request.getAlarm())
                    .build();
            if (!alarms.contains(alarm)) {
                alarms.add(alarm);
            }
            return List.of(alarm);
        }
        var lowered = new ArrayList<AlarmMember>();
        for (AlarmType type : List.of(AlarmType.NOSPACE, AlarmType.CORRUPT)) {
            for (long member = 1; member < 10; member++) {
                var alarm = AlarmMember.newBuilder()
                        .setMemberID(member)
                        .setAlarm(type)
                        .build();
                boolean meant = (request.getAlarm() == type || request.getAlarm() == AlarmType.NONE)
                        && (request.getMemberID() == member || request.getMemberID() == 0);
                if (meant && alarms.remove(alarm)) {
                    lowered.add(alarm);
                }
            }
        }
        return lowered;
    }

    private void notCorrupt() {
        if (alarms.stream().anyMatch(alarm -> alarm.getAlarm() == AlarmType.CORRUPT)) {
            throw new Refused("etcdserver: corrupt cluster");
        }
    }

    private void hasSpace() {
        notCorrupt();
        if (alarms.stream().anyMatch(alarm -> alarm.getAlarm() == AlarmType.NOSPACE)) {
            throw new Refused("etcdserver: mvcc: database space exceeded");
        }
    }

    /** Whether a put stands anywhere in it, also in a branch that will not run. */
    private static boolean puts(TxnRequest request) {
        return Stream.concat(request.getSuccessList().stream(), request.getFailureList().stream())
                .anyMatch(op -> op.hasRequestPut() || (op.hasRequestTxn() && puts(op.getRequestTxn())));
    }

    void revoke(long id) {
        notCorrupt();
        if (!leases.containsKey(id)) {
            throw new Refused("etcdserver: requested lease not found");
        }
        var draft = new Draft();
        for (KeyValue kv : now().values()) {
            if (kv.getLease() == id) {
                draft.state.remove(kv.getKey());
                draft.happened.add(new Happened(kv.getKey(), draft.writes, List.of()));
            }
        }
        draft.commit();
        leases.remove(id);
        remaining.remove(id);
    }
}
