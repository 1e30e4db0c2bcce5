package io.keelson.chaos.workload;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.keelson.proto.v1.ApplyRequest;
import io.keelson.proto.v1.Encoding;
import io.keelson.proto.v1.GetRequest;
import io.keelson.proto.v1.KindRef;
import io.keelson.proto.v1.Object;
import io.keelson.proto.v1.ObjectRef;
import io.keelson.proto.v1.ResourcesGrpc;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/**
 * A client that applies ConfigMaps over Keelson's gRPC API, each with a number that only grows, and remembers what was
 * acknowledged. What is found afterwards may be newer than the last acknowledgement (an unanswered apply may have worked), never older.
 */
public final class Manifests {

    private static final long DEADLINE_MILLIS = 5_000;
    private static final Pattern NUMBER = Pattern.compile("\"number\":\\s*\"(\\d+)\"");

    private final Access access;
    private final int objects;
    private final Map<String, Long> acknowledged = new ConcurrentSkipListMap<>();
    private final Map<String, Long> attempted = new ConcurrentSkipListMap<>();

    /** A workload on {@code objects} ConfigMaps of namespace {@code default}. */
    public Manifests(Access access, int objects) {
        this.access = access;
        this.objects = objects;
    }

    /** How many applies were acknowledged, as the sum of the newest numbers. */
    public long acknowledged() {
        return acknowledged.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Applies in the calling thread until told to stop. */
    public void run(BooleanSupplier stop) throws SSLException {
        try (Endpoints endpoints = access.serverEndpoints(0)) {
            for (long number = 1; !stop.getAsBoolean(); number++) {
                for (int i = 0; i < objects && !stop.getAsBoolean(); i++) {
                    apply(endpoints, "chaos-" + i, number);
                }
            }
        }
    }

    private void apply(Endpoints endpoints, String name, long number) {
        String manifest = """
                {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "%s"}, "data": {"number": "%d"}}
                """.formatted(name, number);
        attempted.put(name, number);
        try {
            ResourcesGrpc.newBlockingStub(endpoints.channel())
                    .withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS)
                    .apply(ApplyRequest.newBuilder()
                            .setNamespace("default")
                            .setObject(Object.newBuilder().setJson(ByteString.copyFromUtf8(manifest)))
                            .setEncoding(Encoding.ENCODING_JSON)
                            .build());
            acknowledged.put(name, number);
        } catch (StatusRuntimeException e) {
            endpoints.turn();
        }
    }

    /** What is not as it was acknowledged, described; empty when all is well. Asks every server. */
    public List<String> violations() throws SSLException {
        var violations = new ArrayList<String>();
        for (int server = 0; server < access.servers().size(); server++) {
            try (Endpoints endpoints = access.serverEndpoints(server)) {
                for (var entry : new TreeMap<>(acknowledged).entrySet()) {
                    long found = read(endpoints, entry.getKey());
                    long newest = attempted.getOrDefault(entry.getKey(), 0L);
                    if (found < entry.getValue() || found > newest) {
                        violations.add("server " + server + ": configmap " + entry.getKey() + " holds " + found
                                + ", but " + entry.getValue() + " was acknowledged and " + newest + " tried last");
                    }
                }
            }
        }
        return violations;
    }

    private static long read(Endpoints endpoints, String name) {
        String json = ResourcesGrpc.newBlockingStub(endpoints.channel())
                .withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS)
                .get(GetRequest.newBuilder()
                        .setRef(ObjectRef.newBuilder()
                                .setKind(KindRef.newBuilder().setResource("configmaps"))
                                .setNamespace("default")
                                .setName(name))
                        .setEncoding(Encoding.ENCODING_JSON)
                        .build())
                .getObject()
                .getJson()
                .toString(StandardCharsets.UTF_8);
        // The annotation of the last apply holds the same text, escaped, so it does not match.
        Matcher number = NUMBER.matcher(json);
        if (!number.find()) {
            throw new IllegalStateException("configmap " + name + " holds no number: " + json);
        }
        return Long.parseLong(number.group(1));
    }
}
