package io.keelson.orchestrator.rpc;

import io.grpc.BindableService;
import io.grpc.protobuf.services.HealthStatusManager;
import io.keelson.orchestrator.access.Questions;
import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.Metrics;
import io.keelson.orchestrator.api.PodLogs;
import io.keelson.orchestrator.api.PodStreams;
import io.keelson.proto.v1.ServerStatusResponse;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;

/** All services of a server. */
public final class Services {

    private Services() {}

    /**
     * Keelson's services, and the ones for tools: health.
     *
     * @param questions answers what is sent to be answered
     * @param status what Admin answers
     */
    public static List<BindableService> all(
            Api api,
            Questions questions,
            Tunnels tunnels,
            PodLogs logs,
            PodStreams streams,
            Metrics metrics,
            Supplier<ServerStatusResponse> status,
            InstantSource clock) {
        return List.of(
                new ResourcesService(api, questions, clock),
                new SetsService(api),
                new HistoryService(api, clock),
                new WhyService(api, clock),
                new NodesService(api, tunnels, clock),
                new StreamsService(logs, streams),
                new UsageService(metrics),
                new AdminService(status),
                new HealthStatusManager().getHealthService());
    }
}
