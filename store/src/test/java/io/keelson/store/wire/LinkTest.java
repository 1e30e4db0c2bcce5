package io.keelson.store.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keelson.store.HostPort;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Goal: calls between members arrive in order and whole, are answered by whom they asked, and none is waited for in vain. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class LinkTest {

    private static final int MAX_BYTES = 8 << 20;
    private static final byte ECHO = 1;
    private static final byte FAIL = 2;
    private static final byte NEVER = 3;

    private final Tunnel plain = new Tunnel(Optional.empty());
    private final List<String> came = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private HostPort address = new HostPort("127.0.0.1", 1);
    private Port port;
    private Link link;

    private final class Echo implements Port.Visitor {
        @Override
        public void call(byte kind, byte[] body, Port.Answer answer) {
            if (body.length < 100) {
                came.add(new String(body, StandardCharsets.UTF_8));
            }
            switch (kind) {
                case ECHO -> answer.with(Payload.of(body));
                case FAIL -> answer.failed("no such luck");
                default -> {}
            }
        }

        @Override
        public void ended() {
            ended.countDown();
        }
    }

    @BeforeEach
    void listen() throws IOException {
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            address = new HostPort("127.0.0.1", free.getLocalPort());
        }
        port = Port.open(address, plain, MAX_BYTES, Echo::new);
        link = new Link("test", () -> List.of(address), plain, MAX_BYTES);
    }

    @AfterEach
    void close() {
        link.close();
        port.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private String ask(String text) throws Exception {
        return new String(link.call(ECHO, Payload.of(bytes(text))).get(), StandardCharsets.UTF_8);
    }

    @Test
    void callsArriveInTheirOrderAndAreAnswered() throws Exception {
        link.connect().get();
        var answers = new ArrayList<CompletableFuture<byte[]>>();
        var sent = new ArrayList<String>();
        for (int i = 0; i < 500; i++) {
            sent.add("call " + i);
            answers.add(link.call(ECHO, Payload.of(bytes("call " + i))));
        }
        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i).get()).asString(StandardCharsets.UTF_8).isEqualTo(sent.get(i));
        }
        assertThat(came).isEqualTo(sent);
    }

    @Test
    void bodiesOfAllSizesArriveWhole() throws Exception {
        var random = new Random(7);
        for (int size : new int[] {0, 1, 32_754, 32_755, 32_756, 65_536, 1 << 20, (2 << 20) + 1, MAX_BYTES}) {
            byte[] body = new byte[size];
            random.nextBytes(body);
            assertThat(link.call(ECHO, Payload.of(body)).get())
                    .as("%d bytes", size)
                    .isEqualTo(body);
        }
    }

    @Test
    void whatIsTooLongEndsTheConnectionAndNothingElse() throws Exception {
        assertThatThrownBy(() ->
                        link.call(ECHO, Payload.of(new byte[MAX_BYTES + 1])).get())
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IOException.class);
        assertThat(ask("still there?")).isEqualTo("still there?");
    }

    @Test
    void refusalsSayWhy() {
        assertThatThrownBy(() -> link.call(FAIL, Payload.of(bytes("x"))).get()).hasMessageContaining("no such luck");
    }

    @Test
    void whoEndsIsNotWaitedForAndDialledAnew() throws Exception {
        CompletableFuture<byte[]> never = link.call(NEVER, Payload.of(bytes("x")));
        assertThat(ask("y")).isEqualTo("y");
        port.close();
        assertThatThrownBy(never::get).hasCauseInstanceOf(IOException.class);
        assertThatThrownBy(() -> ask("z")).hasCauseInstanceOf(IOException.class);
        port = Port.open(address, plain, MAX_BYTES, Echo::new);
        assertThat(ask("again")).isEqualTo("again");
    }

    @Test
    void whoIsDialledHearsOfTheEnd() throws Exception {
        assertThat(ask("x")).isEqualTo("x");
        link.reset();
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whoAnswersNothingIsDialledAnew() throws Exception {
        CompletableFuture<byte[]> never = link.call(NEVER, Payload.of(bytes("x")));
        TimeUnit.MILLISECONDS.sleep(3_200);
        assertThat(ask("y")).isEqualTo("y");
        assertThatThrownBy(never::get).hasMessageContaining("not answered");
    }

    @Test
    void closedLinkDialsNobody() {
        link.close();
        assertThatThrownBy(() -> ask("x")).hasMessageContaining("closed");
        assertThat(link.isConnected()).isFalse();
    }

    @Test
    void whoSpeaksSomethingElseIsSentAway() throws Exception {
        try (var socket = new Socket(address.host(), address.port())) {
            socket.getOutputStream().write(bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
            socket.setSoTimeout(10_000);
            socket.getInputStream().readAllBytes();
        }
        assertThat(ask("x")).isEqualTo("x");
    }

    /** Seeded: whatever comes, the port lives. */
    @Test
    void portOutlivesWhatNoMemberSends() throws Exception {
        var random = new Random(11);
        for (int i = 0; i < 100; i++) {
            try (var socket = new Socket(address.host(), address.port())) {
                socket.setSoTimeout(10_000);
                var in = new DataInputStream(socket.getInputStream());
                var out = new DataOutputStream(socket.getOutputStream());
                byte[] preface = in.readNBytes("keelson members 1\n".length());
                byte[] junk = new byte[random.nextInt(200)];
                random.nextBytes(junk);
                out.write(preface);
                out.write(junk);
            } catch (IOException sentAway) {
                assertThat(sentAway.getMessage()).isNotBlank();
            }
        }
        assertThat(ask("x")).isEqualTo("x");
    }
}
