package io.keelson.orchestrator.http.frames;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OpenStreamsTest {

    private static final int END_STREAM = 1;

    private final OpenStreams streams = new OpenStreams();

    private static FrameHead headers(int stream, int flags) {
        return new FrameHead(20, FrameHead.HEADERS, flags, stream);
    }

    private static FrameHead data(int stream, int flags) {
        return new FrameHead(20, FrameHead.DATA, flags, stream);
    }

    private static FrameHead reset(int stream) {
        return new FrameHead(4, FrameHead.RST_STREAM, 0, stream);
    }

    @Test
    void aResetOfWhatGoesOnIsHeardOnce() {
        streams.received(headers(1, END_STREAM));
        streams.sent(headers(1, 0));
        streams.sent(data(1, 0));
        assertThat(streams.received(reset(1))).isTrue();
        assertThat(streams.received(reset(1))).isFalse();
    }

    @Test
    void aResetOfWhatBothHaveEndedIsIgnored() {
        streams.received(headers(1, END_STREAM));
        streams.received(headers(3, 0));
        streams.sent(headers(1, 0));
        streams.sent(data(1, END_STREAM));
        assertThat(streams.received(reset(1))).isFalse();
        streams.received(data(3, 0));
        streams.received(data(3, END_STREAM));
        streams.sent(headers(3, END_STREAM));
        assertThat(streams.received(reset(3))).isFalse();
    }

    @Test
    void aResetByAClientThatHasMoreToSendIsHeardThoughTheAnswerIsThere() {
        streams.received(headers(1, 0));
        streams.sent(headers(1, 0));
        streams.sent(data(1, END_STREAM));
        streams.received(data(1, 0));
        assertThat(streams.received(reset(1))).isTrue();
    }

    @Test
    void aClientThatEndsAfterTheAnswerHasEndedToo() {
        streams.received(headers(1, 0));
        streams.sent(data(1, END_STREAM));
        streams.received(headers(1, END_STREAM)); // trailers
        assertThat(streams.received(reset(1))).isFalse();
    }

    @Test
    void aResetOfWhatTheServerHasResetIsIgnored() {
        streams.received(headers(1, 0));
        streams.sent(reset(1));
        assertThat(streams.received(reset(1))).isFalse();
        assertThat(streams.received(data(1, 0)))
                .as("Helidon knows what to do with it")
                .isTrue();
    }

    @Test
    void aResetOfWhatNeverWasIsForHelidonToRefuse() {
        streams.received(headers(1, END_STREAM));
        assertThat(streams.received(reset(3))).isTrue();
        assertThat(streams.received(reset(0))).isTrue();
        assertThat(streams.received(reset(2))).isTrue();
    }

    @Test
    void flagsOfOtherFramesEndNothing() {
        streams.received(headers(1, 0));
        streams.received(new FrameHead(8, 6, 1, 0)); // an answer to a ping
        streams.received(new FrameHead(8, 9, 1, 1)); // a continuation
        streams.sent(data(1, END_STREAM));
        assertThat(streams.received(reset(1))).isTrue();
    }

    @Test
    void whatTheClientHasGivenUpIsToldToWhoWritesMoreOfIt() {
        streams.received(headers(1, END_STREAM));
        streams.received(headers(3, END_STREAM));
        assertThat(streams.sent(headers(1, 0))).isTrue();
        assertThat(streams.sent(data(1, 0))).isTrue();
        streams.received(reset(1));
        assertThat(streams.sent(data(1, 0))).isFalse();
        assertThat(streams.sent(headers(1, 0)))
                .as("it changes the table of headers")
                .isTrue();
        assertThat(streams.sent(data(1, END_STREAM))).isTrue();
        assertThat(streams.sent(data(3, 0))).as("another").isTrue();
        assertThat(streams.sent(new FrameHead(8, 6, 1, 0)))
                .as("an answer to a ping")
                .isTrue();
    }

    @Test
    void aClientThatHasSaidAllStillHears() {
        streams.received(headers(1, 0));
        streams.received(data(1, END_STREAM));
        assertThat(streams.sent(data(1, 0))).isTrue();
        assertThat(streams.sent(data(1, END_STREAM))).isTrue();
    }
}
