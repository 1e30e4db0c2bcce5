package io.keelson.cli.stream;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.keelson.proto.v1.InputEnd;
import io.keelson.proto.v1.PortForwardRequest;
import io.keelson.proto.v1.PortForwardResponse;
import io.keelson.proto.v1.PortForwardStart;
import java.io.IOException;
import java.net.Socket;

/** One connection to a port of a pod, between a socket of this machine and a call. */
public final class Connection {

    private static final int CHUNK_BYTES = 32 * 1024;

    private final BlockingClientCall<PortForwardRequest, PortForwardResponse> call;

    private Connection(BlockingClientCall<PortForwardRequest, PortForwardResponse> call) {
        this.call = call;
    }

    /**
     * Connects.
     *
     * @throws io.grpc.StatusRuntimeException if it cannot be; then it may be tried on another server
     */
    public static Connection open(
            BlockingClientCall<PortForwardRequest, PortForwardResponse> call, PortForwardStart start) {
        try {
            call.write(PortForwardRequest.newBuilder().setStart(start).build());
            call.read();
            return new Connection(call);
        } catch (StatusException refused) {
            throw refused.getStatus().asRuntimeException(refused.getTrailers());
        } catch (InterruptedException told) {
            Thread.currentThread().interrupt();
            call.cancel("the user's side has ended", told);
            throw Status.CANCELLED.withCause(told).asRuntimeException();
        }
    }

    /**
     * Carries what both sides say until the pod's side has said all.
     *
     * @throws IOException if the socket fails
     * @throws StatusException if the way to the pod is lost
     */
    public void carry(Socket socket) throws IOException, StatusException, InterruptedException {
        try {
            Thread.ofVirtual().name("to-pod").start(() -> send(socket));
            var out = socket.getOutputStream();
            for (var answer = call.read(); answer != null; answer = call.read())
                answer.getData().writeTo(out);
            socket.shutdownOutput();
        } finally {
            call.cancel("the user's side has ended", null);
        }
    }

    private void send(Socket socket) {
        var chunk = new byte[CHUNK_BYTES];
        try {
            var in = socket.getInputStream();
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                var data = ByteString.copyFrom(chunk, 0, n);
                if (!call.write(PortForwardRequest.newBuilder().setData(data).build())) return;
            }
            call.write(PortForwardRequest.newBuilder()
                    .setEnd(InputEnd.getDefaultInstance())
                    .build());
        } catch (IOException gone) {
            call.cancel("the user's program has gone", gone);
        } catch (StatusException | IllegalStateException ended) {
            // Who reads the answers is told, too, or has given the call up.
        } catch (InterruptedException told) {
            Thread.currentThread().interrupt();
        }
    }
}
