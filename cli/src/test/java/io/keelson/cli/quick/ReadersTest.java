package io.keelson.cli.quick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.keelson.cli.client.Access;
import io.keelson.cli.cluster.SampleFiles;
import io.keelson.cli.print.Render;
import io.keelson.proto.v1.Encoding;
import io.keelson.proto.v1.GetRequest;
import io.keelson.proto.v1.KindRef;
import io.keelson.proto.v1.ListRequest;
import io.keelson.proto.v1.ListResponse;
import io.keelson.proto.v1.ObjectRef;
import io.keelson.proto.v1.ObjectResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** What the quick way reads and writes, beside what libraries read and write. */
class ReadersTest {

    private static final int ROUNDS = 3_000;

    @TempDir
    Path folder;

    private static Question question(String line) throws StepAside {
        return Question.of(line.split(" ", -1));
    }

    @Test
    void requestsAreThoseOfTheFullClient() throws StepAside, InvalidProtocolBufferException {
        var kind = KindRef.newBuilder().setResource("pods");
        var longName = "n".repeat(200);
        assertThat(ListRequest.parseFrom(
                        Messages.list(question("get pods -l a=b --field-selector c=d -n " + longName), longName)))
                .isEqualTo(ListRequest.newBuilder()
                        .setKind(kind)
                        .setNamespace(longName)
                        .setLabelSelector("a=b")
                        .setFieldSelector("c=d")
                        .setEncoding(Encoding.ENCODING_JSON)
                        .setAsTable(true)
                        .build());
        assertThat(ListRequest.parseFrom(Messages.list(question("get pods -A -o name"), "x")))
                .isEqualTo(ListRequest.newBuilder()
                        .setKind(kind)
                        .setEncoding(Encoding.ENCODING_JSON)
                        .build());
        assertThat(GetRequest.parseFrom(Messages.get(question("get pods a"), "x")))
                .isEqualTo(GetRequest.newBuilder()
                        .setRef(ObjectRef.newBuilder()
                                .setKind(kind)
                                .setNamespace("x")
                                .setName("a"))
                        .setEncoding(Encoding.ENCODING_JSON)
                        .setAsTable(true)
                        .build());
    }

    private static io.keelson.proto.v1.Object object(String json) {
        return io.keelson.proto.v1.Object.newBuilder()
                .setJson(ByteString.copyFromUtf8(json))
                .build();
    }

    /** Whatever a table holds, it is read as Jackson reads it, or not at all. */
    @Test
    void tablesAreReadAsJacksonReadsThem() throws StepAside {
        long seed = 20_261_130;
        var random = new Random(seed);
        int read = 0;
        for (int round = 0; round < ROUNDS; round++) {
            var json = table(random);
            var list = ListResponse.newBuilder()
                    .setRevision(random.nextLong())
                    .setContinue("x")
                    .setTable(object(json))
                    .build();
            var single = ObjectResponse.newBuilder()
                    .setObject(object(json))
                    .setRevision(1)
                    .addWarnings("w")
                    .build();
            try {
                var expected = Render.table(Render.parse(json));
                assertThat(Answer.table(list.toByteArray(), true))
                        .as("seed %d, round %d: %s", seed, round, json)
                        .isEqualTo(expected);
                assertThat(Answer.table(single.toByteArray(), false)).isEqualTo(expected);
                read++;
            } catch (StepAside unusual) {
                assertThat(json).containsPattern("[0-9][.eE]|\\[ ?\"nested|-0|[0-9]{19}");
            }
        }
        assertThat(read).isGreaterThan(ROUNDS / 3);
    }

    private static String table(Random random) {
        var mapper = JsonMapper.shared();
        var table = mapper.createObjectNode().put("kind", "Table").put("apiVersion", "meta.k8s.io/v1");
        table.putObject("metadata").put("resourceVersion", text(random));
        var columns = table.putArray("columnDefinitions");
        int width = random.nextInt(4);
        for (int i = 0; i < width; i++)
            columns.addObject()
                    .put("name", text(random))
                    .put("priority", random.nextInt(2))
                    .put("x", text(random));
        var rows = table.putArray("rows");
        for (int i = random.nextInt(4); i > 0; i--) {
            var row = rows.addObject();
            var cells = row.putArray("cells");
            for (int j = random.nextInt(width + 1); j > 0; j--) cell(cells, random);
            if (random.nextBoolean())
                row.putObject("object")
                        .put("kind", "x")
                        .putObject("metadata")
                        .put("name", text(random))
                        .put("namespace", text(random));
        }
        var plain = table.toString();
        return random.nextBoolean() ? plain : table.toPrettyString();
    }

    private static void cell(ArrayNode cells, Random random) {
        switch (random.nextInt(24)) {
            case 0 -> cells.addNull();
            case 1 -> cells.add(random.nextBoolean());
            case 2, 3, 4 -> cells.add(random.nextInt());
            case 5 -> cells.add(random.nextLong());
            case 6 -> cells.add(random.nextDouble());
            case 7 -> cells.addArray().add("nested");
            default -> cells.add(text(random));
        }
    }

    private static String text(Random random) {
        var text = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) {
            switch (random.nextInt(6)) {
                case 0 -> text.append("\"\\/\b\f\n\r\t\u0001{}[],:".charAt(random.nextInt(15)));
                case 1 -> text.appendCodePoint(0x1f600 + random.nextInt(50));
                case 2 -> text.append((char) (0x3042 + random.nextInt(50)));
                default -> text.append((char) ('a' + random.nextInt(26)));
            }
        }
        return text.toString();
    }

    @Test
    void answersThatAreCutAreNotRead() throws StepAside {
        var whole = ListResponse.newBuilder()
                .setTable(
                        object(
                                "{\"columnDefinitions\":[{\"name\":\"A\",\"priority\":0}],\"rows\":[{\"cells\":[\"\\u0041\"]}]}"))
                .build()
                .toByteArray();
        assertThat(Answer.table(whole, true).rows()).hasSize(1);
        for (int length = 0; length < whole.length; length++) {
            var cut = java.util.Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> Answer.table(cut, true)).as("%d", length).isInstanceOf(StepAside.class);
        }
    }

    @Test
    void aKubeconfigIsReadAsTheFullClientReadsIt() throws IOException, StepAside {
        var files = new SampleFiles(folder);
        files.write(1);
        assertSame(files.kubeconfig());
        var text = Files.readString(files.kubeconfig());
        // As kubectl writes it: keys in order, sequences not indented, empty collections.
        var rewritten = Files.writeString(
                folder.resolve("rewritten"),
                "# mine\n\npreferences: {}\n"
                        + text.replace("\n- name: keelson\n  cluster:\n", "\n-   name: keelson\n    cluster:\n      "));
        assertThatThrownBy(() -> QuickAccess.read(rewritten.toFile())).isInstanceOf(StepAside.class);
        var commented = Files.writeString(folder.resolve("commented"), "# mine\n\npreferences: {}\n" + text);
        assertSame(commented);
    }

    private static void assertSame(Path kubeconfig) throws StepAside {
        var quick = QuickAccess.read(kubeconfig.toFile());
        var full = Access.fromKubeconfig(kubeconfig);
        assertThat(quick.servers()).isEqualTo(full.servers());
        assertThat(quick.namespace()).isEqualTo(full.namespace());
        assertThat(quick.trust()).isEqualTo(full.trust());
        assertThat(quick.certificate()).isEqualTo(full.certificate());
        assertThat(quick.key()).isEqualTo(full.key());
    }

    @Test
    void yamlThatCouldMeanMoreIsNotRead() throws StepAside {
        assertThat(PlainYaml.parse("a: b\nc:\n- d: e\n  f:\n    g: h\n- x\ni:\n  - j\n")
                        .toString())
                .isEqualTo("{a=b, c=[{d=e, f={g=h}}, x], i=[j]}");
        for (var text : new String[] {
            "",
            "a",
            " a: b\n",
            "a: b\n c: d\n",
            "a: b\na: c\n",
            "a:\nb: c\n",
            "a: 'b'\n",
            "a: \"b\"\n",
            "a: b # c\n",
            "a: *b\n",
            "a: &b c\n",
            "a: !!str b\n",
            "a: |\n  b\n",
            "a: [b]\n",
            "a: {b: c}\n",
            "a: 0123\n",
            "a: null\n",
            "a: b\r\n",
            "a:\tb\n",
            "a: b\n---\na: c\n",
            "\"a\": b\n",
            "a: b\n  c\n",
            "- a\n"
        }) assertThatThrownBy(() -> PlainYaml.parse(text)).as(text).isInstanceOf(StepAside.class);
    }
}
