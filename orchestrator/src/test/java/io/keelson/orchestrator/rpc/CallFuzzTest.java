package io.keelson.orchestrator.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.testing.Complaints;
import io.keelson.orchestrator.testing.Mutations;
import io.keelson.orchestrator.testing.TestAuthority;
import io.keelson.orchestrator.testing.TestServer;
import io.keelson.proto.v1.AdminGrpc;
import io.keelson.proto.v1.HistoryGrpc;
import io.keelson.proto.v1.NodesGrpc;
import io.keelson.proto.v1.ResourcesGrpc;
import io.keelson.proto.v1.SetsGrpc;
import io.keelson.proto.v1.StreamsGrpc;
import io.keelson.proto.v1.UsageGrpc;
import io.keelson.proto.v1.WhyGrpc;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: whatever anybody calls, a call ends soon, no answer blames the server, nothing of a call stays, and the server goes on. Method: every
 * method of every service, over real sockets, with messages by chance ({@link RandomMessages}), some of them broken; callers that give up at
 * once, soon, or not at all.
 */
class CallFuzzTest extends OverGrpc {

    private static final int PATIENCE_SECONDS = 20;

    private static final List<ServiceDescriptor> SERVICES = List.of(
            ResourcesGrpc.getServiceDescriptor(),
            SetsGrpc.getServiceDescriptor(),
            NodesGrpc.getServiceDescriptor(),
            StreamsGrpc.getServiceDescriptor(),
            AdminGrpc.getServiceDescriptor(),
            HistoryGrpc.getServiceDescriptor(),
            WhyGrpc.getServiceDescriptor(),
            UsageGrpc.getServiceDescriptor());

    private final long seed = Mutations.seed();
    private final Random random = new Random(seed);
    private final RandomMessages messages = new RandomMessages(random);
    private final Mutations bytes = new Mutations(random, List.of("\0", "default", "\n"));
    private TestAuthority.Issued adminCertificate;
    private TestAuthority.Issued nodeCertificate;

    /** One call: what is said, and when its caller gives up, in milliseconds. */
    private record Said(
            io.grpc.MethodDescriptor<?, ?> method,
            List<byte[]> messages,
            boolean saysNoMore,
            Optional<Integer> until,
            boolean cancels) {

        /** Whether every message is one. */
        boolean isReadable() {
            return messages.stream().allMatch(message -> text(message).isPresent());
        }

        private Optional<String> text(byte[] message) {
            try {
                return Optional.of(TextFormat.printer()
                        .printToString(DynamicMessage.parseFrom(rpc(method).getInputType(), message)));
            } catch (InvalidProtocolBufferException e) {
                return Optional.empty();
            }
        }

        @Override
        public String toString() {
            StringBuilder said = new StringBuilder(method.getFullMethodName());
            for (byte[] message : messages) {
                String text = text(message).orElse("no message");
                said.append("\n{")
                        .append(text, 0, Math.min(4_000, text.length()))
                        .append('}');
            }
            return said.toString();
        }
    }

    @BeforeAll
    void certificates() {
        adminCertificate = server.authority().client("impatient-admin", "CN=admin,O=system:masters");
        nodeCertificate = server.authority().client("impatient-n1", "CN=system:node:n1,O=system:nodes");
    }

    private static MethodDescriptor rpc(io.grpc.MethodDescriptor<?, ?> method) {
        return ((ProtoMethodDescriptorSupplier) Objects.requireNonNull(method.getSchemaDescriptor()))
                .getMethodDescriptor();
    }

    @Test
    void everyCallEndsAndNoneBlamesTheServer(@TempDir Path directory) throws Exception {
        register();
        String _ = podOnNode("p", "none");
        List<io.grpc.MethodDescriptor<?, ?>> unary =
                methods().filter(method -> method.getType() == MethodType.UNARY).toList();
        List<io.grpc.MethodDescriptor<?, ?>> streams =
                methods().filter(method -> method.getType() != MethodType.UNARY).toList();
        int rounds = Mutations.rounds(300);
        Map<Status.Code, Integer> ends = new EnumMap<>(Status.Code.class);
        try (Complaints complaints = new Complaints()) {
            for (int round = 0; round < rounds; round++) {
                // Streams come first, so that the server has noticed in the end that their callers have gone.
                Said said = said(round < rounds / 5 ? streams : unary);
                String what = "seed " + seed + ", round " + round + ": " + said;
                Status end = end(what, said);
                ends.merge(end.getCode(), 1, Integer::sum);
                judge(what + "\n" + end, said, end);
                assertThat(complaints.first()).as(what).isEmpty();
            }
        }
        assertThat(ends)
                .containsKeys(
                        Status.Code.OK, Status.Code.INVALID_ARGUMENT, Status.Code.NOT_FOUND, Status.Code.CANCELLED);
        nothingOfACallStays(directory);
        theServerGoesOn();
    }

    private static Stream<io.grpc.MethodDescriptor<?, ?>> methods() {
        return SERVICES.stream().flatMap(service -> service.getMethods().stream());
    }

    private Said said(List<io.grpc.MethodDescriptor<?, ?>> methods) {
        io.grpc.MethodDescriptor<?, ?> method = methods.get(random.nextInt(methods.size()));
        List<byte[]> said = new ArrayList<>();
        for (int i = method.getType() == MethodType.BIDI_STREAMING ? random.nextInt(5) : 1; i > 0; i--) {
            Message message = messages.of(rpc(method).getInputType());
            said.add(random.nextInt(12) == 0 ? bytes.of(message.toByteArray()) : message.toByteArray());
        }
        boolean isStream = method.getType() != MethodType.UNARY;
        Optional<Integer> until =
                isStream || random.nextInt(10) == 0 ? Optional.of(random.nextInt(30)) : Optional.empty();
        return new Said(method, said, !isStream || random.nextBoolean(), until, random.nextBoolean());
    }

    private Status end(String what, Said said) throws InterruptedException, ExecutionException {
        boolean asNode = random.nextInt(5) == 0;
        if (said.until.isEmpty()) {
            return end(what, said, asNode ? node : admin);
        }
        // Helidon closes the connection when a caller's reset crosses the end of the call, and other calls would fail
        // with it.
        ManagedChannel own = server.channel(asNode ? nodeCertificate : adminCertificate);
        try {
            return end(what, said, own);
        } finally {
            own.shutdownNow();
        }
    }

    private static Status end(String what, Said said, ManagedChannel channel)
            throws InterruptedException, ExecutionException {
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(
                said.cancels || said.until.isEmpty()
                        ? TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS)
                        : said.until.get() + 1,
                TimeUnit.MILLISECONDS);
        ClientCall<byte[], byte[]> call = channel.newCall(plain(said.method), options);
        CompletableFuture<Status> end = new CompletableFuture<>();
        call.start(ending(end), new Metadata());
        call.request(Integer.MAX_VALUE);
        said.messages.forEach(call::sendMessage);
        if (said.saysNoMore) {
            call.halfClose();
        }
        if (said.cancels && said.until.isPresent()) {
            try {
                return end.get(said.until.get(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException _) {
                call.cancel("enough", null);
            }
        }
        try {
            return end.get(PATIENCE_SECONDS + 5, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return fail(what, e);
        }
    }

    private static ClientCall.Listener<byte[]> ending(CompletableFuture<Status> end) {
        return new ClientCall.Listener<>() {
            @Override
            public void onClose(Status status, Metadata trailers) {
                end.complete(status);
            }
        };
    }

    /** The same method, of messages as they are on the wire. */
    private static io.grpc.MethodDescriptor<byte[], byte[]> plain(io.grpc.MethodDescriptor<?, ?> method) {
        Marshaller<byte[]> marshaller = new Marshaller<>() {
            @Override
            public InputStream stream(byte[] value) {
                return new ByteArrayInputStream(value);
            }

            @Override
            public byte[] parse(InputStream stream) {
                try {
                    return stream.readAllBytes();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
        return io.grpc.MethodDescriptor.newBuilder(marshaller, marshaller)
                .setFullMethodName(method.getFullMethodName())
                .setType(method.getType())
                .build();
    }

    private static void judge(String what, Said said, Status end) {
        String description = Objects.requireNonNullElse(end.getDescription(), "");
        switch (end.getCode()) {
            case INTERNAL -> {
                // As grpc-java answers what it cannot parse.
                assertThat(said.isReadable()).as(what).isFalse();
                assertThat(description).as(what).isEqualTo("Invalid protobuf byte sequence");
            }
            // That is so: no agent has a tunnel here for long.
            case UNAVAILABLE -> assertThat(description).as(what).containsPattern("node \\S+ (has|is) ");
            case UNKNOWN, DATA_LOSS -> fail(what);
            // A unary call of a caller with patience must not take all of it.
            case DEADLINE_EXCEEDED -> assertThat(said.until).as(what).isPresent();
            case CANCELLED -> assertThat(said.cancels).as(what).isTrue();
            case OK -> {}
            default -> assertThat(description).as(what).isNotEmpty();
        }
    }

    /** Virtual threads are in no list but this one. */
    private static void nothingOfACallStays(Path directory) {
        var machine = ManagementFactory.getPlatformMXBean(com.sun.management.HotSpotDiagnosticMXBean.class);
        int[] dumps = {0};
        TestServer.await("the end of what works for callers that have gone", () -> {
            Path dump = directory.resolve("threads" + dumps[0]++);
            try {
                machine.dumpThreads(
                        dump.toString(), com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
                return !Files.readString(dump).contains("io.keelson.orchestrator.rpc.Calls.");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** A new namespace gets what each namespace has, from controllers. */
    private void theServerGoesOn() {
        apply("{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"fresh\"}}");
        Ref account = new Ref(Kinds.SERVICE_ACCOUNT, "fresh", "default");
        TestServer.await(
                "the controllers go on", () -> server.api().find(account).isPresent());
    }
}
