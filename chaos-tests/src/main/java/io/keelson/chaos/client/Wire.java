package io.keelson.chaos.client;

import io.keelson.chaos.history.Change;
import io.keelson.chaos.history.Result.Body;
import io.keelson.chaos.history.Version;
import io.keelson.chaos.history.WatchLog.Seen;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.RangeResponse;
import java.util.Optional;

/** From messages to values. */
final class Wire {

    private Wire() {}

    static Version version(KeyValue kv) {
        return new Version(
                kv.getKey().toStringUtf8(),
                kv.getValue().toStringUtf8(),
                kv.getCreateRevision(),
                kv.getModRevision(),
                kv.getVersion(),
                kv.getLease());
    }

    static Body.Found found(RangeResponse answer) {
        return new Body.Found(answer.getKvsList().stream().map(Wire::version).toList());
    }

    static Seen seen(Event event) {
        KeyValue kv = event.getKv();
        Change change = event.getType() == Event.EventType.DELETE
                ? Change.delete(kv.getModRevision(), kv.getKey().toStringUtf8())
                : Change.put(version(kv));
        return new Seen(change, event.hasPrevKv() ? Optional.of(version(event.getPrevKv())) : Optional.empty());
    }
}
