package io.keelson.store.rocks;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.KeyValue;
import org.junit.jupiter.api.Test;

/** What was replaced a moment ago is known as long as there is room. */
class ReplacedTest {

    private final Replaced replaced = new Replaced();

    private static ByteString key(int number) {
        return ByteString.copyFromUtf8("key" + number);
    }

    private static KeyValue version(int number, long at, int bytes) {
        return KeyValue.newBuilder()
                .setKey(key(number))
                .setModRevision(at)
                .setValue(ByteString.copyFrom(new byte[bytes]))
                .build();
    }

    @Test
    void aVersionIsThatOfTheRevisionsFromItsOwnToTheNext() {
        replaced.add(version(1, 5, 10), 9);
        assertThat(replaced.at(key(1), 4)).isEmpty();
        assertThat(replaced.at(key(1), 5)).contains(version(1, 5, 10));
        assertThat(replaced.at(key(1), 8)).contains(version(1, 5, 10));
        assertThat(replaced.at(key(1), 9)).isEmpty();
        assertThat(replaced.at(key(2), 5)).isEmpty();
        replaced.add(version(1, 9, 10), 12);
        assertThat(replaced.at(key(1), 11)).contains(version(1, 9, 10));
        assertThat(replaced.at(key(1), 8)).as("one of each key").isEmpty();
    }

    @Test
    void theOldestGoesWhenThereIsNoRoom() {
        for (int i = 0; i < 1_000; i++) {
            replaced.add(version(i, 1, 1), 2);
        }
        assertThat(replaced.at(key(0), 1)).isEmpty();
        assertThat(replaced.at(key(999), 1)).isPresent();
        replaced.add(version(1_000, 1, 200 * 1024), 2);
        replaced.add(version(1_001, 1, 100 * 1024), 2);
        assertThat(replaced.at(key(999), 1)).isEmpty();
        assertThat(replaced.at(key(1_000), 1)).isEmpty();
        assertThat(replaced.at(key(1_001), 1)).isPresent();
    }

    @Test
    void whatIsTooLargeIsNotKeptNorIsWhatItReplaces() {
        replaced.add(version(1, 1, 10), 2);
        replaced.add(version(1, 2, 300 * 1024), 3);
        assertThat(replaced.at(key(1), 2)).isEmpty();
        assertThat(replaced.at(key(1), 1)).isEmpty();
    }
}
