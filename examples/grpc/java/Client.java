import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.rpc.ErrorInfo;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.protobuf.StatusProto;
import io.keelson.proto.v1.ApplySetRequest;
import io.keelson.proto.v1.ChangesRequest;
import io.keelson.proto.v1.Encoding;
import io.keelson.proto.v1.ExplainRequest;
import io.keelson.proto.v1.HistoryGrpc;
import io.keelson.proto.v1.KindRef;
import io.keelson.proto.v1.Object;
import io.keelson.proto.v1.ObjectRef;
import io.keelson.proto.v1.SetsGrpc;
import io.keelson.proto.v1.UndoRequest;
import io.keelson.proto.v1.WhyGrpc;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A client of Keelson's own API. Arguments: HOST:PORT and the folder with ca.crt, admin.crt and admin.key. */
final class Client {

    public static void main(String[] arguments) throws Exception {
        Path pki = Path.of(arguments[1]);
        ManagedChannel channel = Grpc.newChannelBuilder(
                        arguments[0],
                        TlsChannelCredentials.newBuilder()
                                .trustManager(pki.resolve("ca.crt").toFile())
                                .keyManager(pki.resolve("admin.crt").toFile(), pki.resolve("admin.key").toFile())
                                .build())
                .build();
        try {
            run(channel);
        } finally {
            channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        }
    }

    private static void run(ManagedChannel channel) throws Exception {
        var sets = SetsGrpc.newBlockingStub(channel);
        var history = HistoryGrpc.newBlockingStub(channel);

        // Two objects, one transaction, one revision.
        var applied = sets.withDeadlineAfter(10, TimeUnit.SECONDS).apply(set("blue"));
        applied.getItemsList().forEach(item -> System.out.println(item.getRef().getName() + " " + item.getOutcome()));
        System.out.println("at revision " + applied.getRevision());

        // A change, and back.
        sets.withDeadlineAfter(10, TimeUnit.SECONDS).apply(set("green"));
        var colour = ref("configmaps", "grpc-colour");
        var changes = history.withDeadlineAfter(10, TimeUnit.SECONDS)
                .changes(ChangesRequest.newBuilder().setRef(colour).build());
        for (var change : changes.getChangesList()) {
            System.out.println(change.getRevision() + " " + change.getType());
            change.getChangesList()
                    .forEach(field -> System.out.println(
                            "  " + field.getPath() + ": " + field.getBefore() + " -> " + field.getAfter()));
        }
        var undone = history.withDeadlineAfter(10, TimeUnit.SECONDS)
                .undo(UndoRequest.newBuilder()
                        .setRef(colour)
                        .setEncoding(Encoding.ENCODING_JSON)
                        .build());
        System.out.println("undone to revision " + undone.getRestoredRevision());

        var why = WhyGrpc.newBlockingStub(channel)
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .explain(ExplainRequest.newBuilder()
                        .setRef(ref("deployments", "grpc-web"))
                        .build());
        System.out.println(why.getState() + ": " + why.getReason() + " " + why.getRemedy());

        // A refusal says what it is in words for programs.
        try {
            sets.withDeadlineAfter(10, TimeUnit.SECONDS)
                    .apply(ApplySetRequest.newBuilder()
                            .addObjects(json("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"Not_A_Name\"}}"))
                            .build());
        } catch (StatusRuntimeException refused) {
            System.out.println(refused.getStatus().getCode());
            for (Any detail : StatusProto.fromThrowable(refused).getDetailsList()) {
                if (detail.is(ErrorInfo.class)) {
                    System.out.println("reason " + detail.unpack(ErrorInfo.class).getReason());
                }
            }
        }
    }

    private static ApplySetRequest set(String colour) {
        return ApplySetRequest.newBuilder()
                .addObjects(json("""
                        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "grpc-colour"}, "data": {"colour": "%s"}}
                        """.formatted(colour)))
                .addObjects(json("""
                        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "grpc-web"},
                         "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "grpc-web"}},
                          "template": {"metadata": {"labels": {"app": "grpc-web"}},
                           "spec": {"nodeSelector": {"no-such": "node"}, "containers": [{"name": "main", "image": "hello:1"}]}}}}
                        """))
                .setEncoding(Encoding.ENCODING_JSON)
                .build();
    }

    private static Object json(String text) {
        return Object.newBuilder().setJson(ByteString.copyFromUtf8(text)).build();
    }

    private static ObjectRef ref(String resource, String name) {
        return ObjectRef.newBuilder()
                .setKind(KindRef.newBuilder().setResource(resource))
                .setName(name)
                .build();
    }
}
