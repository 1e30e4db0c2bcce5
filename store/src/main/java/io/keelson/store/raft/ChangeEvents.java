package io.keelson.store.raft;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.store.mvcc.Change;
import io.keelson.store.rocks.RocksHistory;
import java.util.ArrayList;
import java.util.List;

/** What watchers are told of changes. */
final class ChangeEvents {

    private ChangeEvents() {}

    static List<Event> of(List<Change> changes) {
        var events = new ArrayList<Event>(changes.size());
        for (Change change : changes) {
            switch (change) {
                case Change.Put(KeyValue kv, long _) ->
                    events.add(Event.newBuilder().setKv(kv).build());
                case Change.Delete(ByteString key, long at, long _) -> events.add(RocksHistory.deletion(key, at));
                case Change.LeaseGranted _,
                        Change.LeaseCheckpointed _,
                        Change.LeaseRevoked _,
                        Change.AlarmRaised _,
                        Change.AlarmLowered _,
                        Change.Compacted _ -> {}
                case Change.Auth _, Change.TokenAssigned _ -> {}
                case Change.Members _, Change.AnswerKept _, Change.AnswerForgotten _ -> {}
            }
        }
        return events;
    }
}
