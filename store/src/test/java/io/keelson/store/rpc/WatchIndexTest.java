package io.keelson.store.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.WatchCreateRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Goal: the index names exactly the cursors that each would have named itself. Method: random cursors come and go over a small
 * alphabet of keys, so that ranges nest, touch, are endless or hold one key; after each change some keys are looked up and the answer
 * is compared with asking every cursor.
 */
class WatchIndexTest {

    private static final ByteString ZERO = ByteString.copyFrom(new byte[] {0});

    @Test
    void findsWhatAskingEachCursorFinds() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        var index = new WatchIndex();
        var cursors = new ArrayList<WatchCursor>();
        for (int step = 0; step < 3_000; step++) {
            if (cursors.isEmpty() || random.nextInt(5) < (cursors.size() < 60 ? 3 : 2)) {
                var cursor = new WatchCursor(step, request(random), 1);
                cursors.add(cursor);
                index.add(cursor);
            } else {
                index.remove(cursors.remove(random.nextInt(cursors.size())));
            }
            List<Event> events = List.of(event(key(random)), event(key(random)), event(key(random)));
            var matched = index.match(events);
            for (WatchCursor cursor : cursors) {
                var expected = events.stream()
                        .filter(event -> cursor.range().contains(event.getKv().getKey()))
                        .toList();
                var found = matched.entrySet().stream()
                        .filter(entry -> entry.getKey().cursors().contains(cursor))
                        .flatMap(entry -> entry.getValue().stream())
                        .toList();
                assertThat(found)
                        .as("seed %d, step %d, range %s", seed, step, cursor.range())
                        .isEqualTo(expected);
            }
            assertThat(index.cursors()).as("seed %d, step %d", seed, step).containsExactlyInAnyOrderElementsOf(cursors);
            assertThat(index.isEmpty()).isEqualTo(cursors.isEmpty());
        }
    }

    @Test
    void cursorsOfOneInterestShareTheirEvents() {
        var index = new WatchIndex();
        var request = WatchCreateRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("a"))
                .setRangeEnd(ByteString.copyFromUtf8("c"))
                .build();
        for (int id = 0; id < 100; id++) {
            index.add(new WatchCursor(id, request, 1));
        }
        var matched = index.match(List.of(event(ByteString.copyFromUtf8("b"))));
        assertThat(matched).hasSize(1);
        assertThat(matched.keySet().iterator().next().cursors()).hasSize(100);
    }

    private static WatchCreateRequest request(Random random) {
        ByteString begin = key(random);
        var request = WatchCreateRequest.newBuilder().setKey(begin).setPrevKv(random.nextInt(4) == 0);
        ByteString end = switch (random.nextInt(4)) {
            case 0 -> ByteString.EMPTY;
            case 1 -> ZERO;
            case 2 -> begin.concat(ByteString.copyFrom(new byte[] {(byte) random.nextInt(3)}));
            default -> begin.concat(key(random));
        };
        return request.setRangeEnd(end).build();
    }

    private static ByteString key(Random random) {
        byte[] key = new byte[1 + random.nextInt(3)];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (random.nextInt(4) * 85);
        }
        return ByteString.copyFrom(key);
    }

    private static Event event(ByteString key) {
        return Event.newBuilder().setKv(KeyValue.newBuilder().setKey(key)).build();
    }
}
