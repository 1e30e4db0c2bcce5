package io.keelson.orchestrator.http.frames;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which streams of one connection are open, by the frames that have passed. What clients send is told by the connection's thread, what is
 * sent to them by any.
 *
 * <p>A client may reset a stream while the last frame of its answer is on its way: a deadline that is as long as the answer takes. RFC 9113
 * (5.1, "closed") has the server ignore it. Helidon forgets a stream that has ended, takes the reset for one of a stream that never was,
 * and closes the connection with all that goes on in it.
 *
 * <p>The other way round Helidon goes on to send what belongs to a stream that the client has reset, and does not tell who writes it: a
 * watch would never end.
 */
final class OpenStreams {

    private static final int CLIENT = 1;
    private static final int SERVER = 2;

    /** Of each stream that is open who may still send. */
    private final Map<Integer, Integer> senders = new ConcurrentHashMap<>();

    private int newest;

    /** Notes a frame of the client. False: it resets a stream that is closed already, and is to be ignored. */
    boolean received(FrameHead frame) {
        int stream = frame.stream();
        if (frame.type() == FrameHead.RST_STREAM) {
            boolean known = senders.remove(stream) != null;
            boolean clientsFault = stream > newest || stream % 2 == 0;
            return known || clientsFault;
        }
        if (frame.type() == FrameHead.HEADERS && stream > newest) {
            newest = stream;
            senders.put(stream, CLIENT | SERVER);
        }
        if (frame.ends()) {
            ended(stream, CLIENT);
        }
        return true;
    }

    /**
     * Notes a frame for the client. To be called before it is sent, so that whatever the client answers to it comes later. False: the client
     * has given up that stream, of which more was to come. What ends it may be sent, and headers must: they change the table by which
     * later ones are read (RFC 7541, 2.3.2).
     */
    boolean sent(FrameHead frame) {
        int stream = frame.stream();
        if (frame.type() == FrameHead.RST_STREAM) {
            senders.remove(stream);
        } else if (frame.ends()) {
            ended(stream, SERVER);
        } else if (frame.type() == FrameHead.DATA) {
            return senders.containsKey(stream);
        }
        return true;
    }

    private void ended(int stream, int side) {
        senders.computeIfPresent(stream, (same, open) -> (open & ~side) == 0 ? null : open & ~side);
    }
}
