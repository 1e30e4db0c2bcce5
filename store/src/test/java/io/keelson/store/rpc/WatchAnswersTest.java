package io.keelson.store.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.ResponseHeader;
import io.keelson.proto.etcd.WatchCreateRequest.FilterType;
import io.keelson.proto.etcd.WatchResponse;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatchAnswersTest {

    private static final ResponseHeader THROUGH_NINE =
            ResponseHeader.newBuilder().setRevision(9).build();

    private static final int SIZE = put(5).getSerializedSize();

    private static Event put(long revision) {
        return Event.newBuilder()
                .setKv(KeyValue.newBuilder().setKey(ServerFixture.bytes("key")).setModRevision(revision))
                .build();
    }

    private static List<WatchResponse> cut(boolean fragment, int room, long... revisions) {
        return WatchAnswers.cut(
                THROUGH_NINE,
                1,
                Arrays.stream(revisions).mapToObj(WatchAnswersTest::put).toList(),
                fragment,
                room * SIZE);
    }

    @Test
    void answersHoldWholeRevisionsAndOnlyTheLastPromisesThrough() {
        var answers = cut(false, 3, 5, 5, 6, 7);
        assertThat(answers).extracting(WatchResponse::getEventsCount).containsExactly(3, 1);
        assertThat(answers)
                .extracting(answer -> answer.getHeader().getRevision())
                .containsExactly(6L, 9L);
    }

    @Test
    void revisionThatDoesNotFitIsOneAnswerOrPieces() {
        assertThat(cut(false, 2, 4, 5, 5, 5, 6))
                .extracting(WatchResponse::getEventsCount)
                .containsExactly(1, 3, 1);
        var pieces = cut(true, 2, 4, 5, 5, 5, 6);
        assertThat(pieces).extracting(WatchResponse::getEventsCount).containsExactly(1, 2, 1, 1);
        assertThat(pieces).extracting(WatchResponse::getFragment).containsExactly(false, true, false, false);
    }

    @Test
    void nothingIsNoAnswer() {
        assertThat(cut(false, 2)).isEmpty();
    }

    @Test
    void filtersDropByKind() {
        Event delete = put(6).toBuilder().setType(Event.EventType.DELETE).build();
        var both = List.of(put(5), delete);
        assertThat(WatchAnswers.filter(both, EnumSet.noneOf(FilterType.class))).isEqualTo(both);
        assertThat(WatchAnswers.filter(both, EnumSet.of(FilterType.NOPUT))).containsExactly(delete);
        assertThat(WatchAnswers.filter(both, EnumSet.of(FilterType.NODELETE))).containsExactly(put(5));
        assertThat(WatchAnswers.filter(
                        both,
                        EnumSet.allOf(FilterType.class).stream()
                                .filter(type -> type != FilterType.UNRECOGNIZED)
                                .collect(java.util.stream.Collectors.toSet())))
                .isEmpty();
    }
}
