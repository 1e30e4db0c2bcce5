package io.keelson.orchestrator.rpc;

import io.grpc.stub.StreamObserver;
import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.why.Explanation;
import io.keelson.orchestrator.why.Why;
import io.keelson.proto.v1.ExplainRequest;
import io.keelson.proto.v1.ExplainResponse;
import io.keelson.proto.v1.Link;
import io.keelson.proto.v1.WhyGrpc;
import java.time.InstantSource;

/** Why something is not as it should be, over gRPC. */
public final class WhyService extends WhyGrpc.WhyImplBase {

    private final Api api;
    private final Asked asked;
    private final InstantSource clock;

    /** Over an API. */
    public WhyService(Api api, InstantSource clock) {
        this.api = api;
        this.asked = new Asked(api);
        this.clock = clock;
    }

    @Override
    public void explain(ExplainRequest request, StreamObserver<ExplainResponse> out) {
        Calls.answer(out, () -> {
            Ref ref = asked.ref(request.getRef());
            Asked.authorize("get", ref.kind(), "", ref.namespace(), ref.name());
            Cluster cluster = api.around(ref, clock.instant());
            Explanation why =
                    Why.explain(cluster, ref).orElseThrow(() -> ApiException.notFound(ref.kind(), ref.name()));
            ExplainResponse.Builder response = ExplainResponse.newBuilder()
                    .setState(
                            switch (why.state()) {
                                case AS_WISHED -> ExplainResponse.State.AS_WISHED;
                                case UNDER_WAY -> ExplainResponse.State.UNDER_WAY;
                                case STUCK -> ExplainResponse.State.STUCK;
                            })
                    .setReason(why.reason())
                    .setRemedy(why.remedy())
                    .setRevision(cluster.revision());
            why.chain()
                    .forEach(link -> response.addChain(Link.newBuilder()
                            .setRef(SetsService.message(link.ref()))
                            .setSays(link.says())));
            return response.build();
        });
    }
}
