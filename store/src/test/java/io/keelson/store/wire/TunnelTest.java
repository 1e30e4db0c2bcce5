package io.keelson.store.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.keelson.store.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TunnelTest {

    @TempDir
    Path dir;

    /** The member that was let in before takes up its session, in which it shows no certificate anew. */
    @Test
    void whoIsRevokedIsNotLetInAgainAlsoWhenItsSessionGoesOn() throws Exception {
        var certificates = TestCertificates.in(dir);
        var ours = new Tunnel(Optional.of(certificates.issue("ours").without(certificates.revoke())));
        var theirs = new Tunnel(Optional.of(certificates.issue("theirs")));
        try (var listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            letIn(listening, ours, theirs);
            letIn(listening, ours, theirs);
            assertThat(certificates.revoke("theirs")).exists();
            assertThatIOException().isThrownBy(() -> letIn(listening, ours, theirs));
        }
    }

    private static void letIn(ServerSocket listening, Tunnel ours, Tunnel theirs) throws IOException {
        try (var dialing = new Socket(InetAddress.getLoopbackAddress(), listening.getLocalPort());
                var accepted = listening.accept()) {
            var other = CompletableFuture.supplyAsync(() -> {
                try {
                    Socket talking = theirs.dialled(dialing, "127.0.0.1", listening.getLocalPort());
                    var _ = new Connection(dialing, talking, 1_000);
                    return true;
                } catch (IOException refused) {
                    return false;
                }
            });
            Socket talking = ours.accepted(accepted);
            var connection = new Connection(accepted, talking, 1_000);
            ours.admit(talking);
            assertThat(other.join()).isTrue();
            connection.close();
        }
    }
}
