package io.keelson.orchestrator.http;

import io.grpc.Status;
import io.helidon.common.buffers.BufferData;
import io.helidon.http.http2.Http2Flag;
import io.helidon.http.http2.Http2FrameHeader;
import io.helidon.http.http2.Http2FrameTypes;
import io.helidon.http.http2.Http2RstStream;
import io.helidon.http.http2.Http2StreamState;
import io.helidon.http.http2.Http2WindowUpdate;
import io.helidon.webserver.http2.spi.Http2SubProtocolSelector.SubProtocolHandler;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.rpc.UnreadMessages;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What comes for one gRPC call. Helidon takes memory for a message as soon as its length is told, asks nobody who tells it, and keeps it
 * until the client says that it will send no more; so a message is handed on when it is whole, a larger one only if its sender is known and
 * there is room for it, and what belongs to a call that has been answered is forgotten.
 */
final class MessagesIn implements SubProtocolHandler {

    private static final System.Logger LOG = System.getLogger(MessagesIn.class.getName());
    private static final int END_STREAM = 1;

    /** The head of a message that is larger than any may be: Helidon ends a call at once for it. */
    private static final byte[] TOO_LARGE = {0, Byte.MAX_VALUE, -1, -1, -1};

    private final MessageRules rules;
    private final MessageRules.Sender sender;
    private final boolean streaming;
    private final int stream;
    private final AtomicInteger room = new AtomicInteger();
    private volatile Optional<SubProtocolHandler> helidons;
    private volatile boolean working;
    private volatile boolean reset;
    private volatile boolean ended;
    private PartialMessage message = new PartialMessage();
    private Optional<Thread> patience = Optional.empty();

    /**
     * Nothing has come yet.
     *
     * @param streaming whether the call may have more than one message
     */
    MessagesIn(
            SubProtocolHandler helidons,
            int stream,
            MessageRules rules,
            MessageRules.Sender sender,
            boolean streaming) {
        this.helidons = Optional.of(helidons);
        this.stream = stream;
        this.rules = rules;
        this.sender = sender;
        this.streaming = streaming;
    }

    @Override
    public void init() {
        helidons.ifPresent(SubProtocolHandler::init);
    }

    @Override
    public Http2StreamState streamState() {
        return helidons.map(SubProtocolHandler::streamState)
                .orElse(ended ? Http2StreamState.CLOSED : Http2StreamState.HALF_CLOSED_LOCAL);
    }

    /** Told by the thread of the connection, while that of the call may be at work. */
    @Override
    public void rstStream(Http2RstStream frame) {
        helidons.ifPresent(call -> call.rstStream(frame));
        reset = true;
        if (!working) {
            giveBack();
        }
    }

    @Override
    public void windowUpdate(Http2WindowUpdate frame) {
        helidons.ifPresent(call -> call.windowUpdate(frame));
    }

    @Override
    public synchronized void data(Http2FrameHeader header, BufferData data) {
        working = true;
        ended = header.flags(Http2FrameTypes.DATA).endOfStream();
        try {
            read(data);
            if (ended) {
                hand(BufferData.empty(), END_STREAM);
            }
        } finally {
            working = false;
            settle();
        }
    }

    private void read(BufferData data) {
        while (helidons.isPresent() && data.available() > 0) {
            boolean told = message.tellsLength();
            message.add(data);
            if (!told && message.tellsLength()) {
                admit();
            }
            if (helidons.isPresent() && message.isWhole()) {
                BufferData whole = message.whole();
                message = new PartialMessage();
                hand(whole, 0);
                if (streaming) {
                    giveBack();
                }
            }
        }
    }

    private void hand(BufferData data, int flags) {
        helidons.ifPresent(call -> call.data(header(data.available(), flags), data));
    }

    private Http2FrameHeader header(int length, int flags) {
        return Http2FrameHeader.create(length, Http2FrameTypes.DATA, Http2Flag.DataFlags.create(flags), stream);
    }

    /** What a compressed message becomes is not told by its length. */
    private void admit() {
        if (message.length() > rules.maxBytes()) {
            refuse(rules.tooLarge());
            return;
        }
        int bytes = message.isCompressed() ? rules.maxBytes() : (int) message.length();
        if (bytes <= BodyRoom.SMALL_BYTES) {
            return;
        }
        try {
            Optional<Status> stranger = sender.refusal();
            if (stranger.isPresent()) {
                refuse(stranger.get());
                return;
            }
            giveBack();
            rules.room().take(bytes, rules.patience().dividedBy(2));
            room.set(bytes);
        } catch (ApiException e) {
            refuse(Status.RESOURCE_EXHAUSTED.withDescription(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            refuse(Status.UNAVAILABLE.withDescription("the server stops; call another, or again"));
        }
    }

    /** Helidon lets only the service end a call, or a message that it cannot read. */
    private void refuse(Status why) {
        UnreadMessages.because(why);
        hand(BufferData.create(TOO_LARGE.clone()), 0);
        forget();
    }

    private void forget() {
        helidons = Optional.empty();
        message = new PartialMessage();
        giveBack();
    }

    /** What has been answered needs nothing more; who is in the middle of a message must go on. */
    private void settle() {
        boolean answered = helidons.map(call -> call.streamState() == Http2StreamState.HALF_CLOSED_LOCAL)
                .orElse(false);
        if (answered) {
            forget();
        }
        if (ended || reset) {
            giveBack();
        }
        if (helidons.isEmpty() || ended || reset || !(message.isBegun() || room.get() > 0)) {
            patience.ifPresent(Thread::interrupt);
            patience = Optional.empty();
        } else if (patience.isEmpty()) {
            patience = Optional.of(
                    Thread.ofVirtual().name("patience with a message").start(this::waitFor));
        }
    }

    private void waitFor() {
        try {
            Thread.sleep(rules.patience());
            late();
        } catch (InterruptedException e) {
            // It has come.
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "a caller has gone", e);
        }
    }

    private synchronized void late() {
        boolean stillWaiting = patience.filter(Thread.currentThread()::equals).isPresent();
        if (stillWaiting && helidons.isPresent()) {
            refuse(Status.DEADLINE_EXCEEDED.withDescription(
                    "Timeout: request did not complete within the allotted timeout: its message was not there after "
                            + BodyInTime.seconds(rules.patience())));
        }
    }

    private void giveBack() {
        int taken = room.getAndSet(0);
        if (taken > 0) {
            rules.room().giveBack(taken);
        }
    }
}
