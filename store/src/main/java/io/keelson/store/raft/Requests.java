package io.keelson.store.raft;

import io.keelson.store.wire.Link;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.client.impl.ClientProtoUtils;
import org.apache.ratis.proto.RaftProtos.RaftClientReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftClientRequestProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;

/** What this member asks of others that Ratis takes for a client's request. Every try is one try. */
final class Requests {

    /** Nobody waits longer for an answer. */
    private static final long ANSWER_MILLIS = 2_000;

    private final ClientId client = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();

    ClientId client() {
        return client;
    }

    long nextCall() {
        return calls.incrementAndGet();
    }

    RaftClientRequest request(RaftGroupId group, RaftPeerId to, RaftClientRequest.Type type, Message message) {
        return RaftClientRequest.newBuilder()
                .setClientId(client)
                .setServerId(to)
                .setGroupId(group)
                .setCallId(nextCall())
                .setType(type)
                .setMessage(message)
                .build();
    }

    /** Sends; there may never be an answer. */
    static CompletableFuture<RaftClientReply> send(Link link, RaftClientRequest request) {
        RaftClientRequestProto proto = ClientProtoUtils.toRaftClientRequestProto(request);
        return link.call(PeerCall.REQUEST.kind(), PeerCall.payload(proto)).thenApply(Requests::reply);
    }

    /**
     * Sends and waits for the answer, for two seconds at the most.
     *
     * @throws IOException if there is none
     */
    static RaftClientReply ask(Link link, RaftClientRequest request) throws IOException {
        return await(send(link, request));
    }

    /** As {@link #ask}, of anything. */
    static <T> T await(CompletableFuture<T> answer) throws IOException {
        try {
            return answer.get(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a member was asked");
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + ANSWER_MILLIS + " ms", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failed ? failed : new IOException(e.getCause());
        } finally {
            answer.cancel(false);
        }
    }

    private static RaftClientReply reply(byte[] body) {
        try {
            return ClientProtoUtils.toRaftClientReply(PeerCall.read(RaftClientReplyProto.parser(), body));
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }
}
