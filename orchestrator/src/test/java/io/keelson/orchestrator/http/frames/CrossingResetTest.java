package io.keelson.orchestrator.http.frames;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.limits.WatchLimits;
import io.keelson.orchestrator.testing.RawHttp2;
import io.keelson.orchestrator.testing.RawHttp2.Frame;
import io.keelson.orchestrator.testing.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Calls of one HTTP/2 connection that are given up while the others go on. */
class CrossingResetTest {

    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final int WATCHES_OF_USER = 2;

    /** How it begins an answer (RFC 7541, appendix A). */
    private static final int STATUS_200 = 0x88;

    private static final String WATCH = MAPS + "?watch=1";

    @TempDir
    static Path directory;

    private static TestServer server;

    private RawHttp2 client;
    private int newest = -1;
    private int latestWatch;

    @BeforeAll
    static void start() {
        server = TestServer.start(directory, new WatchLimits(100, WATCHES_OF_USER, 1000, 1 << 20));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void connect(TestInfo test) throws IOException {
        // The watches of the one before may still count.
        String user = test.getTestMethod().orElseThrow().getName();
        client = RawHttp2.connect(
                server.tls(Optional.of(server.authority().client(user, "CN=" + user + ",O=system:masters"))),
                server.port());
    }

    @AfterEach
    void leave() throws IOException {
        client.close();
    }

    private int ask(String path) throws IOException {
        newest += 2;
        client.get(newest, path);
        return newest;
    }

    /** Begins to watch, and waits for the object that is there. */
    private int watch() throws IOException {
        assertThat(mayWatch()).isTrue();
        event(latestWatch, "kube-root-ca.crt");
        return latestWatch;
    }

    private void event(int stream, String name) throws IOException {
        StringBuilder said = new StringBuilder();
        while (!said.toString().contains(name)) {
            Frame frame = client.nextOf(stream);
            assertThat(frame.ends()).as(said.toString()).isFalse();
            said.append(frame.text());
        }
    }

    private void make(String name) throws IOException {
        newest += 2;
        client.post(newest, MAPS);
        String map = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name + "\"}}";
        client.send(RawHttp2.DATA, 1, newest, map.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aResetThatCrossesTheEndOfItsAnswerLeavesTheOthersAlone() throws IOException {
        int early = watch();
        for (int i = 0; i < 100; i++) {
            int ended = ask(MAPS + "/kube-root-ca.crt");
            assertThat(client.body(ended)).contains("kube-root-ca.crt");
            int later = ask("/version");
            client.reset(ended);
            client.window(ended, 1000);
            client.reset(ended);
            assertThat(client.body(later)).contains("gitVersion");
        }
        int late = watch();
        client.reset(late - 2);
        client.reset(early + 2);
        make("after-all");
        event(early, "after-all");
        assertThat(client.body(ask("/version"))).contains("gitVersion");
        make("once-more");
        event(late, "once-more");
    }

    @Test
    void manyResetsAtOnceAsAnswersEnd() throws IOException {
        int watch = watch();
        for (int i = 0; i < 200; i++) {
            int stream = ask(MAPS + "/kube-root-ca.crt");
            if (i % 3 > 0) {
                client.nextOf(stream);
            }
            client.reset(stream);
        }
        make("of-many");
        event(watch, "of-many");
    }

    @Test
    void aWatchThatIsGivenUpEndsWithTheNextEvent() throws IOException {
        int kept = watch();
        watch();
        for (int i = 0; i < 3; i++) {
            assertThat(client.body(ask(WATCH))).contains("2 open watches");
            client.reset(latestWatch);
            make("given-up-" + i);
            event(kept, "given-up-" + i);
            TestServer.await("room for another watch", this::mayWatch);
        }
    }

    /** Whether one more watch is let in. */
    private boolean mayWatch() {
        try {
            latestWatch = ask(WATCH);
            return (client.nextOf(latestWatch).payload()[0] & 0xff) == STATUS_200;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aCallThatIsAnsweredBeforeItWasSaidMayBeGivenUp() throws IOException {
        int watch = watch();
        newest += 2;
        int refused = newest;
        client.post(refused, "/api/v1/namespaces/default/nothings");
        Frame answer = client.nextOf(refused);
        assertThat(answer.type()).isEqualTo(RawHttp2.HEADERS);
        client.reset(refused);
        assertThat(client.body(ask("/version"))).contains("gitVersion");
        client.reset(refused);
        make("unasked");
        event(watch, "unasked");
    }

    @Test
    void headersInManyPiecesPassAsTheyAre() throws IOException {
        newest += 2;
        client.getInPieces(newest, MAPS + "/kube-root-ca.crt");
        assertThat(client.body(newest)).contains("kube-root-ca.crt");
    }

    @Test
    void aResetOfACallThatNeverWasIsRefusedAsBefore() throws IOException {
        client.reset(99);
        Frame frame = client.next();
        while (frame.type() != RawHttp2.GOAWAY) {
            frame = client.next();
        }
        assertThat(frame.payload()[7]).as("PROTOCOL_ERROR").isEqualTo((byte) 1);
    }
}
