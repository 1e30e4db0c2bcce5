package io.keelson.orchestrator.rpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.LogQuery;
import io.keelson.orchestrator.api.LogStream;
import io.keelson.orchestrator.api.PodLogs;
import io.keelson.orchestrator.auth.Access;
import io.keelson.proto.v1.LogsChunk;
import io.keelson.proto.v1.LogsRequest;
import io.keelson.proto.v1.StreamsGrpc;
import java.time.Duration;
import java.util.Optional;

/** Logs over gRPC. */
public final class StreamsService extends StreamsGrpc.StreamsImplBase {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final PodLogs logs;

    /** Over the logs of pods. */
    public StreamsService(PodLogs logs) {
        this.logs = logs;
    }

    @Override
    public void logs(LogsRequest request, StreamObserver<LogsChunk> out) {
        Calls.stream(out, sink -> {
            String namespace = request.getNamespace().isEmpty() ? "default" : request.getNamespace();
            Calls.authorized(new Access.ToObjects("get", "", "pods/log", namespace, request.getPod()));
            Callers.goesOn();
            if (request.getPod().isEmpty()) {
                throw ApiException.badRequest("the name of the pod is missing");
            }
            LogQuery query = new LogQuery(
                    request.getContainer(),
                    request.getFollow(),
                    request.getPrevious(),
                    request.getTimestamps(),
                    request.hasTailLines() ? Optional.of(request.getTailLines()) : Optional.empty(),
                    request.hasSinceSeconds() ? Optional.of(request.getSinceSeconds()) : Optional.empty(),
                    request.getSinceTime(),
                    request.hasLimitBytes() ? Optional.of(request.getLimitBytes()) : Optional.empty());
            try (LogStream log = logs.open(namespace, request.getPod(), query)) {
                // Also pieces without bytes, for only an answer tells that the caller has gone.
                for (Optional<byte[]> piece = log.next(PATIENCE); piece.isPresent(); piece = log.next(PATIENCE)) {
                    sink.send(LogsChunk.newBuilder()
                            .setData(ByteString.copyFrom(piece.get()))
                            .build());
                }
            }
        });
    }
}
