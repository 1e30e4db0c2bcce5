package io.keelson.orchestrator.kind;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.keelson.orchestrator.kind.ProtobufTable.Field;
import io.kubernetes.client.proto.Meta;
import io.kubernetes.client.proto.Runtime;
import io.kubernetes.client.proto.V1;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class ProtobufWriterTest {

    private static final long SEED = Long.getLong("keelson.seed", 20_261_129L);
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Random random = new Random(SEED);

    @Test
    void whatIsWrittenIsRead() {
        for (Kind kind : Kinds.builtIn().all()) {
            if (!ProtobufWriter.knows(kind.apiVersion(), kind.kind())) {
                continue;
            }
            String message =
                    ProtobufTable.builtIn().root(kind.apiVersion(), kind.kind()).orElseThrow();
            for (int i = 0; i < 20; i++) {
                ObjectNode object =
                        Json.object().put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
                object.setAll(message(message, 6));
                assertThat(Protobuf.decode(ProtobufWriter.write(object)))
                        .as("seed " + SEED)
                        .isEqualTo(object);
            }
        }
    }

    @Test
    void everyKindThatIsStoredHasAForm() {
        assertThat(Kinds.builtIn().all().stream()
                        .filter(Kind::persistent)
                        .filter(kind -> !ProtobufWriter.knows(kind.apiVersion(), kind.kind())))
                .isEmpty();
    }

    private ObjectNode message(String type, int depth) {
        ObjectNode object = Json.object();
        List<Map.Entry<Integer, Field>> fields =
                new ArrayList<>(ProtobufTable.builtIn().fields(type).entrySet());
        fields.sort(Comparator.comparing(Map.Entry::getKey));
        for (Map.Entry<Integer, Field> entry : fields) {
            Field field = entry.getValue();
            if ((depth == 0 && field.isMessage()) || random.nextInt(3) > 0) {
                continue;
            }
            switch (field.form()) {
                case INLINE -> object.setAll(message(field.type(), depth - 1));
                case MAP -> set(Json.child(object, field.name()), "k" + random.nextInt(9), value(field, depth));
                case MANY -> {
                    JsonNode first = value(field, depth);
                    if (!first.isNull()) {
                        object.putArray(field.name()).add(first).add(first);
                    }
                }
                case PLAIN, POINTER -> set(object, field.name(), value(field, depth));
            }
        }
        return object;
    }

    private static void set(ObjectNode object, String name, JsonNode value) {
        if (!value.isNull() && !(value.isObject() && value.isEmpty())) {
            object.set(name, value);
        }
    }

    private JsonNode value(Field field, int depth) {
        return switch (field.type()) {
            case "string" -> NODES.stringNode("täxt" + random.nextInt());
            case "bool" -> NODES.booleanNode(true);
            case "int32" -> NODES.numberNode(random.nextInt() | 1);
            case "int64" -> NODES.numberNode((1L << 40) + random.nextInt());
            case "double" -> NODES.numberNode(random.nextDouble());
            case "bytes" ->
                NODES.stringNode(Base64.getEncoder().encodeToString(new byte[] {1, (byte) random.nextInt()}));
            default -> struct(field.type(), depth);
        };
    }

    private JsonNode struct(String type, int depth) {
        return switch (type.substring(type.lastIndexOf('.') + 1)) {
            case "Quantity" -> NODES.stringNode(random.nextInt(100) + "m");
            case "IntOrString" -> random.nextBoolean() ? NODES.numberNode(random.nextInt(3)) : NODES.stringNode("25%");
            case "Time" -> NODES.stringNode("2026-01-0" + (1 + random.nextInt(9)) + "T00:00:00Z");
            case "MicroTime" -> NODES.stringNode("2026-01-01T00:00:00.00" + (1000 + random.nextInt(9000)) + "Z");
            case "FieldsV1" -> Json.parse("{\"f:data\":{\".\":{}}}");
            case "JSON", "RawExtension" -> Json.parse("{\"a\":[1,null,{\"b\":\"ü\"}]}");
            case "ExtraValue" -> Json.array().add("a").add("b");
            case "JSONSchemaPropsOrArray", "JSONSchemaPropsOrStringArray", "JSONSchemaPropsOrBool" ->
                Json.parse("{\"type\":\"string\"}");
            default -> message(type, depth - 1);
        };
    }

    private static Runtime.Unknown body(byte[] bytes) throws InvalidProtocolBufferException {
        assertThat(Arrays.copyOf(bytes, 4)).isEqualTo(new byte[] {'k', '8', 's', 0});
        return Runtime.Unknown.parseFrom(ByteBuffer.wrap(bytes, 4, bytes.length - 4));
    }

    private static final String POD = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","creationTimestamp":"2026-01-01T02:00:00+02:00","labels":{"a":"b","c":"d"}},
             "spec":{"containers":[{"name":"a","image":"i","resources":{"limits":{"cpu":"1"}}},{"name":"b"}],
              "volumes":[{"name":"v","emptyDir":{}}],"terminationGracePeriodSeconds":0,"priority":-10,"unknown":{"x":1}}}""";

    @Test
    void kubernetesOwnMessagesReadAnObject() throws InvalidProtocolBufferException {
        Runtime.Unknown body = body(ProtobufWriter.write(Json.parse(POD)));
        assertThat(body.getTypeMeta().getKind()).isEqualTo("Pod");
        assertThat(body.getTypeMeta().getApiVersion()).isEqualTo("v1");
        V1.Pod pod = V1.Pod.parseFrom(body.getRaw());
        assertThat(pod.getMetadata().getLabelsMap()).isEqualTo(Map.of("a", "b", "c", "d"));
        assertThat(pod.getMetadata().getCreationTimestamp().getSeconds()).isEqualTo(1_767_225_600L);
        assertThat(pod.getSpec().getContainersList())
                .extracting(V1.Container::getName)
                .containsExactly("a", "b");
        assertThat(pod.getSpec()
                        .getContainers(0)
                        .getResources()
                        .getLimitsOrThrow("cpu")
                        .getString())
                .isEqualTo("1");
        assertThat(pod.getSpec().getVolumes(0).getVolumeSource().hasEmptyDir()).isTrue();
        assertThat(pod.getSpec().hasTerminationGracePeriodSeconds()).isTrue();
        assertThat(pod.getSpec().getPriority()).isEqualTo(-10);
    }

    @Test
    void kubernetesOwnMessagesReadAList() throws InvalidProtocolBufferException {
        ObjectNode list = Json.parse("""
                {"apiVersion":"v1","kind":"PodList","metadata":{"resourceVersion":"7","continue":"c","remainingItemCount":3},"items":[]}""");
        list.withArray("items").add(Json.parse(POD)).add(Json.parse(POD));
        byte[] whole = ProtobufWriter.write(list);
        V1.PodList pods = V1.PodList.parseFrom(body(whole).getRaw());
        assertThat(pods.getMetadata().getResourceVersion()).isEqualTo("7");
        assertThat(pods.getMetadata().getContinue()).isEqualTo("c");
        assertThat(pods.getMetadata().getRemainingItemCount()).isEqualTo(3);
        assertThat(pods.getItemsList()).hasSize(2);
        byte[] item = ProtobufWriter.item(Json.parse(POD));
        byte[] head = ProtobufWriter.listHead(list, 2L * item.length);
        ByteBuffer pieces = ByteBuffer.allocate(head.length + 2 * item.length)
                .put(head)
                .put(item)
                .put(item);
        assertThat(pieces.array()).isEqualTo(whole);
    }

    @Test
    void kubernetesOwnMessagesReadAnEvent() throws InvalidProtocolBufferException {
        byte[] event = ProtobufWriter.event("ERROR", Json.parse("""
                {"apiVersion":"v1","kind":"Status","metadata":{},"status":"Failure","message":"m","reason":"Expired","code":410}"""));
        assertThat(ByteBuffer.wrap(event).getInt()).isEqualTo(event.length - 4);
        Meta.WatchEvent read = Meta.WatchEvent.parseFrom(ByteBuffer.wrap(event, 4, event.length - 4));
        assertThat(read.getType()).isEqualTo("ERROR");
        Meta.Status status = Meta.Status.parseFrom(
                body(read.getObject().getRaw().toByteArray()).getRaw());
        assertThat(status.getReason()).isEqualTo("Expired");
        assertThat(status.getCode()).isEqualTo(410);
    }

    @Test
    void numbersOfAnySizeAreWritten() {
        for (long number :
                new long[] {0, 1, 127, 128, 16_383, 16_384, Integer.MAX_VALUE, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
            ObjectNode object = Json.parse("{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"generation\":"
                    + number + ",\"name\":\"" + "n".repeat(Math.clamp(number, 0, 20_000)) + "\"}}");
            ObjectNode read = Protobuf.decode(ProtobufWriter.write(object));
            assertThat(Json.number(read, "metadata", "generation").orElse(0L)).isEqualTo(number);
            assertThat(Json.string(read, "metadata", "name").orElse(""))
                    .isEqualTo(Json.string(object, "metadata", "name").orElse(""));
        }
        assertThat(new String(
                        ProtobufWriter.event("BOOKMARK", Json.parse("{\"apiVersion\":\"v1\",\"kind\":\"Pod\"}")),
                        StandardCharsets.UTF_8))
                .contains("BOOKMARK");
    }
}
