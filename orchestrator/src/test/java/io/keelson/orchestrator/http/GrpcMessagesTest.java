package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.Value;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.keelson.orchestrator.access.AccessConfig;
import io.keelson.orchestrator.admit.Plugins;
import io.keelson.orchestrator.limits.BodyLimits;
import io.keelson.orchestrator.testing.RawHttp2;
import io.keelson.orchestrator.testing.TestServer;
import io.keelson.proto.v1.ApplySetRequest;
import io.keelson.proto.v1.CreateRequest;
import io.keelson.proto.v1.GetRequest;
import io.keelson.proto.v1.Object;
import io.keelson.proto.v1.ResourcesGrpc;
import io.keelson.proto.v1.SetsGrpc;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What clients of gRPC send that takes more memory, or longer, than it should. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GrpcMessagesTest {

    private static final String CREATE = "/keelson.v1.Resources/Create";
    private static final int PATIENCE_MILLIS = 2_000;
    private static final int ROOM_BYTES = 3_200_000;

    private TestServer server;
    private ManagedChannel joes;
    private SSLContext joe;
    private SSLContext nobody;

    @BeforeAll
    void start(@TempDir Path directory) {
        server = TestServer.start(
                directory,
                new AccessConfig(
                        true,
                        AccessConfig.DEFAULT_ISSUER,
                        AccessConfig.DEFAULT_SEATS,
                        Optional.empty(),
                        Optional.empty(),
                        Plugins.ALL,
                        new BodyLimits(Duration.ofMillis(PATIENCE_MILLIS), OptionalLong.of(ROOM_BYTES))));
        var issued = server.authority().client("joe", "CN=joe,O=people");
        joes = server.channel(issued);
        joe = server.tls(Optional.of(issued));
        nobody = server.tls(Optional.empty());
    }

    @AfterAll
    void stop() {
        joes.shutdownNow();
        server.close();
    }

    private static CreateRequest create(int bytes) {
        return CreateRequest.newBuilder()
                .setObject(Object.newBuilder().setJson(ByteString.copyFromUtf8("x".repeat(bytes))))
                .build();
    }

    private ResourcesGrpc.ResourcesBlockingStub resources() {
        return ResourcesGrpc.newBlockingStub(joes).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    private static Status refused(ThrowingCallable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call).getStatus();
    }

    /** That a message is heard, and found to be no object. */
    private void isHeard(int bytes) {
        assertThat(refused(() -> resources().create(create(bytes))).getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    /** Waits for the end of a call. */
    private static void ends(RawHttp2 client, int stream) throws IOException {
        while (!client.nextOf(stream).ends()) {
            // Its headers.
        }
    }

    @Test
    void whoShowsNoCredentialsSendsNothingLarge() throws IOException {
        try (RawHttp2 client = RawHttp2.connect(nobody, server.port())) {
            for (int stream = 1; stream < 101; stream += 2) {
                client.call(stream, CREATE);
                client.message(stream, 9 << 20, 1_000);
                ends(client, stream);
            }
        }
        isHeard(100_000);
    }

    @Test
    void oneConnectionOfManyBegunMessagesDoesNotTakeTheMemory() throws IOException {
        try (RawHttp2 client = RawHttp2.connect(nobody, server.port())) {
            for (int stream = 1; stream < 1_801; stream += 2) {
                client.call(stream, CREATE);
                client.message(stream, 60_000, 1);
            }
            ends(client, 1_799);
        }
        isHeard(10);
    }

    @Test
    void largeMessagesWaitForRoomAndForNobodyWhoDoesNotGoOn() throws IOException {
        try (RawHttp2 slow = RawHttp2.connect(joe, server.port())) {
            slow.call(1, CREATE);
            slow.message(1, 3_150_000, 10_000);
            // Until it has the room.
            slow.get(3, "/version");
            assertThat(slow.body(3)).contains("gitVersion");
            isHeard(10_000);
            Status second = refused(() -> resources().create(create(100_000)));
            assertThat(second.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(second.getDescription()).isEqualTo("too many large requests at a time, please try again later.");
            ends(slow, 1);
            isHeard(100_000);
        }
    }

    @Test
    void aCallThatDoesNotEndGivesItsRoomBack() throws IOException {
        try (RawHttp2 slow = RawHttp2.connect(joe, server.port())) {
            slow.call(1, CREATE);
            slow.message(1, 3_150_000, 10_000);
            for (int sent = 10_000; sent < 3_150_000; sent += 10_000) {
                slow.send(RawHttp2.DATA, 0, 1, new byte[10_000]);
            }
            ends(slow, 1);
            slow.call(3, CREATE);
            slow.message(3, 3_150_000, 10_000);
            slow.reset(3);
            slow.get(5, "/version");
            assertThat(slow.body(5)).contains("gitVersion");
            isHeard(100_000);
        }
    }

    @Test
    void aMessageIsNotLargerThanItMayBeWhenItWasCompressed() {
        Status bomb = refused(() -> resources().withCompression("gzip").create(create(40 << 20)));
        assertThat(bomb.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(bomb.getDescription()).isEqualTo("gRPC message exceeds maximum size 9437184");
        assertThat(refused(() -> resources().withCompression("gzip").create(create(1_000)))
                        .getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void aMessageHasOnlySoManyParts() {
        ApplySetRequest.Builder many = ApplySetRequest.newBuilder();
        for (int i = 0; i < 1_000_000; i++) {
            many.addObjects(Object.getDefaultInstance());
        }
        Status refused = refused(() -> SetsGrpc.newBlockingStub(joes)
                .withDeadlineAfter(60, TimeUnit.SECONDS)
                .apply(many.build()));
        assertThat(refused.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(refused.getDescription()).isEqualTo("gRPC message has more than 400000 parts");
    }

    @Test
    void theseAreCountedInAnObjectToo() {
        ListValue.Builder many = ListValue.newBuilder();
        for (int i = 0; i < 500_000; i++) {
            many.addValues(Value.getDefaultInstance());
        }
        Struct object = Struct.newBuilder()
                .putFields("list", Value.newBuilder().setListValue(many).build())
                .build();
        Status refused = refused(() -> resources()
                .create(CreateRequest.newBuilder()
                        .setObject(Object.newBuilder().setStruct(object))
                        .build()));
        assertThat(refused.getDescription()).isEqualTo("gRPC message has more than 400000 parts");
    }

    @Test
    void fieldsThatNobodyKnowsArePassedOver() {
        UnknownFieldSet.Builder many = UnknownFieldSet.newBuilder();
        for (int i = 0; i < 50_000; i++) {
            many.mergeVarintField(1_000 + i, i);
        }
        GetRequest request =
                GetRequest.newBuilder().setUnknownFields(many.build()).build();
        assertThat(refused(() -> resources().get(request)).getCode())
                .isIn(Status.Code.INVALID_ARGUMENT, Status.Code.PERMISSION_DENIED, Status.Code.NOT_FOUND);
    }

    @Test
    void headersInFramesWithoutEndCloseTheConnection() throws IOException {
        try (RawHttp2 client = RawHttp2.connect(nobody, server.port())) {
            client.send(RawHttp2.HEADERS, 1, 1, new byte[] {(byte) (0x80 | 2)});
            assertThatCode(() -> {
                        for (int i = 0; i < 1_000_000; i++) {
                            client.send(9, 0, 1, new byte[0]);
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
        isHeard(10);
    }

    @Test
    void headersThatNameALargeOneAgainAndAgainCloseTheConnection() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.write(0x40); // to be kept in the table, with a new name
        head.write(3);
        head.writeBytes("x-a".getBytes(StandardCharsets.US_ASCII));
        head.writeBytes(new byte[] {0x7f, (byte) 0xa1, 0x1e}); // 4,000
        head.writeBytes("y".repeat(4_000).getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < 10_000; i++) {
            head.write(0x80 | 62); // the newest of the table
        }
        try (RawHttp2 client = RawHttp2.connect(nobody, server.port())) {
            client.send(RawHttp2.HEADERS, 1 | 4, 1, head.toByteArray());

            assertThatThrownBy(() -> client.nextOf(1)).hasMessageContaining("headers of more than 262144 bytes");
        }
        isHeard(10);
    }

    @Test
    void callsThatAreResetAtOnceCloseTheConnection() throws IOException {
        try (RawHttp2 client = RawHttp2.connect(nobody, server.port())) {
            assertThatCode(() -> {
                        for (int stream = 1; stream < 200_000; stream += 2) {
                            client.call(stream, CREATE);
                            client.reset(stream);
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
        isHeard(10);
    }

    @Test
    void manySettingsAndPingsAreAnsweredOrNotRead() throws IOException {
        try (RawHttp2 client = RawHttp2.connect(nobody, server.port())) {
            for (int i = 0; i < 2_000; i++) {
                client.send(RawHttp2.SETTINGS, 0, 0, new byte[0]);
                client.send(6, 0, 0, new byte[8]);
            }
            client.get(1, "/version");
            assertThat(client.body(1)).contains("gitVersion");
        }
    }
}
