package io.keelson.orchestrator.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.ListValue;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.testing.Mutations;
import io.keelson.orchestrator.testing.Samples;
import io.keelson.proto.v1.Encoding;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Messages of any type by chance: what could be meant, beside what is empty, huge, out of bounds or says two things at once. */
final class RandomMessages {

    /** These would have a say in every write that comes after them. */
    private static final Set<String> MEDDLING = Set.of(
            "ValidatingWebhookConfiguration",
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicyBinding",
            "MutatingAdmissionPolicyBinding");

    private static final List<Long> NUMBERS = List.of(
            0L,
            1L,
            2L,
            5L,
            30L,
            80L,
            500L,
            65_536L,
            -1L,
            (long) Integer.MAX_VALUE,
            (long) Integer.MIN_VALUE,
            Long.MAX_VALUE,
            Long.MIN_VALUE);

    private static final List<String> TEXTS = List.of(
            "",
            "x",
            "a b",
            "..",
            "a/b",
            "/",
            "\0",
            "é\ud83d\ude00",
            "n1",
            "default",
            "*",
            "%2F",
            "Invalid",
            "-1",
            "\n");

    /** What fields of these names are asked for. */
    private static final Map<String, List<String>> KNOWN = Map.ofEntries(
            Map.entry("name", List.of("x", "x0", "x1", "n1", "default", "p", "kube-root-ca.crt")),
            Map.entry("pod", List.of("p", "p", "x", "x0")),
            Map.entry("node", List.of("n1", "n1", "n2")),
            Map.entry("namespace", List.of("", "default", "default", "kube-system", "none")),
            Map.entry(
                    "resource",
                    List.of(
                            "pods",
                            "po",
                            "configmaps",
                            "nodes",
                            "deployments.apps",
                            "ns",
                            "crd",
                            "events",
                            "services",
                            "all")),
            Map.entry("subresource", List.of("", "", "status", "scale", "log", "exec", "binding", "token", "eviction")),
            Map.entry("api_version", List.of("v1", "apps/v1", "batch/v1", "v2", "apps/v1/x")),
            Map.entry("kind", List.of("Pod", "ConfigMap", "Deployment", "Node", "List", "Status")),
            Map.entry("label_selector", List.of("", "a=b", "a in (b,c),!d", "a in (", "a>1", "=", ",,", "a notin ()")),
            Map.entry(
                    "field_selector",
                    List.of(
                            "",
                            "metadata.name=x",
                            "spec.nodeName!=n1",
                            "status.phase=",
                            "a=b",
                            "=",
                            "metadata.name=a\\")),
            Map.entry(
                    "time", List.of("2026-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "+999999999-01-01T00:00:00+18:00")),
            Map.entry("since_time", List.of("", "2026-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "now")),
            Map.entry(
                    "continue",
                    List.of("", "e30", "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6NSwic3RhcnQiOiJkZWZhdWx0L2EifQ")),
            Map.entry("resource_version", List.of("", "1", "0", "999999999", "x")),
            Map.entry("propagation_policy", List.of("", "Background", "Foreground", "Orphan", "orphan")),
            Map.entry("field_manager", List.of("", "a", "kubectl", "\t")),
            Map.entry("container", List.of("", "c", "d")),
            Map.entry("set", List.of("", "s", "t")));

    private static final int HUGE = 300_000;

    private final Random random;
    private final Mutations mutations;
    private final List<ObjectNode> samples = Samples.objects().stream()
            .filter(sample -> !MEDDLING.contains(sample.path("kind").asString("")))
            .filter(sample -> !sample.path("spec").has("conversion"))
            .toList();

    RandomMessages(Random random) {
        this.random = random;
        this.mutations = new Mutations(random, Samples.fieldNames());
    }

    /** A message of a type. */
    Message of(Descriptor type) {
        if (type.equals(Struct.getDescriptor())) {
            return struct();
        }
        DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
        for (FieldDescriptor field : type.getFields()) {
            if (!field.isRepeated()) {
                if (random.nextInt(4) > 0) {
                    message.setField(field, value(field));
                }
                continue;
            }
            for (int i = count(); i > 0; i--) {
                message.addRepeatedField(field, value(field));
            }
        }
        return message.build();
    }

    private int count() {
        return random.nextInt(60) == 0 ? 300 : random.nextInt(4);
    }

    private Object value(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case INT -> (int) number();
            case LONG -> number();
            case BOOLEAN -> random.nextInt(3) == 0;
            case STRING -> text(field.getName());
            case BYTE_STRING -> bytes();
            case ENUM -> field.getEnumType().findValueByNumberCreatingIfUnknown(random.nextInt(5));
            case MESSAGE -> of(field.getMessageType());
            case FLOAT, DOUBLE -> throw new IllegalStateException("no message has such a field: " + field);
        };
    }

    private long number() {
        return NUMBERS.get(random.nextInt(NUMBERS.size()));
    }

    private String text(String field) {
        List<String> known = KNOWN.getOrDefault(field, TEXTS);
        return switch (random.nextInt(12)) {
            case 0 -> TEXTS.get(random.nextInt(TEXTS.size()));
            case 1 -> mutations.of(known.get(random.nextInt(known.size())));
            case 2 -> random.nextInt(4) == 0 ? "a".repeat(random.nextInt(HUGE)) : "";
            default -> known.get(random.nextInt(known.size()));
        };
    }

    private ByteString bytes() {
        return switch (random.nextInt(12)) {
            case 0 -> ByteString.EMPTY;
            case 1 -> ByteString.copyFrom(mutations.of(Json.write(object())));
            case 2 -> ByteString.copyFromUtf8("[".repeat(random.nextInt(HUGE)));
            case 3 ->
                ByteString.copyFromUtf8("[{\"op\":\"add\",\"path\":\"/metadata/labels\",\"value\":{\"a\":\"b\"}}]");
            case 4 -> ByteString.copyFromUtf8(mutations.node().toString());
            case 5 -> ByteString.copyFrom(new byte[random.nextInt(HUGE)]);
            default -> ByteString.copyFrom(Json.write(object()));
        };
    }

    /** An object of a kind that is built in, most often in the namespace and of a name that others ask for. */
    private ObjectNode object() {
        ObjectNode sample = samples.get(random.nextInt(samples.size()));
        Kind kind = Samples.kind(sample);
        ObjectNode object = random.nextInt(4) == 0 ? sample.deepCopy() : mutations.of(sample);
        if (random.nextInt(8) > 0) {
            object.set("apiVersion", sample.get("apiVersion"));
            object.set("kind", sample.get("kind"));
            ObjectNode metadata = Json.child(object, "metadata");
            if (kind.namespaced()) {
                metadata.put("namespace", "default");
            }
            if (sample.path("metadata").path("name").asString("x").length() <= 3) {
                metadata.put("name", text("name"));
            }
        }
        return object;
    }

    private Struct struct() {
        Struct.Builder struct = Forms.object(object(), Encoding.ENCODING_STRUCT).getStruct().toBuilder();
        for (int i = random.nextInt(3); i > 0; i--) {
            List<String> names = List.copyOf(struct.getFieldsMap().keySet());
            String name =
                    names.isEmpty() || random.nextInt(3) == 0 ? text("name") : names.get(random.nextInt(names.size()));
            struct.putFields(name, odd(4));
        }
        return struct.build();
    }

    /** What JSON cannot say, and what is rare there. */
    private Value odd(int depth) {
        return switch (random.nextInt(9)) {
            case 0 -> Value.getDefaultInstance();
            case 1 -> Value.newBuilder().setNumberValue(Double.NaN).build();
            case 2 ->
                Value.newBuilder().setNumberValue(Double.NEGATIVE_INFINITY).build();
            case 3 ->
                Value.newBuilder()
                        .setNumberValue(random.nextBoolean() ? -0.0 : 1e300)
                        .build();
            case 4 ->
                Value.newBuilder().setNumberValue((double) random.nextLong()).build();
            case 5 -> Value.newBuilder().setStringValue(text("name")).build();
            case 6 -> Value.newBuilder().setNullValueValue(random.nextInt(3)).build();
            default ->
                depth == 0
                        ? Value.newBuilder().setBoolValue(true).build()
                        : Value.newBuilder()
                                .setListValue(ListValue.newBuilder()
                                        .addValues(odd(depth - 1))
                                        .addValues(Value.newBuilder()
                                                .setStructValue(
                                                        Struct.newBuilder().putFields(text("name"), odd(depth - 1)))))
                                .build();
        };
    }
}
