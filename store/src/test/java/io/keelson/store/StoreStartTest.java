package io.keelson.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a member is refused for before it has written anything. */
class StoreStartTest {

    @TempDir
    Path directory;

    private StoreConfig config(Optional<Tls> clients, Optional<Tls> peers) {
        var self = new Member("one", Loopback.freeAddress(), List.of(Loopback.freeAddress()));
        return new StoreConfig(
                "one", directory.resolve("data"), "token", self.clients(), self.peer(), List.of(self), clients, peers);
    }

    private void refused(StoreConfig config, String message) {
        assertThatThrownBy(() -> Store.start(config, _ -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(message);
        assertThat(config.dataDir()).doesNotExist();
    }

    @Test
    void certificateOrKeyThatCannotBeUsedIsRefusedBeforeTheDataDirectoryIsMade() throws Exception {
        var certificates = TestCertificates.in(directory);
        Tls good = certificates.issue("good");
        var absent = new Tls(directory.resolve("absent.pem"), good.key(), directory.resolve("ca.pem"));
        var foreign = new Tls(good.certificate(), certificates.issue("other").key(), directory.resolve("ca.pem"));
        Path noKey = Files.writeString(directory.resolve("no.key"), "nothing\n");
        var empty = new Tls(good.certificate(), noKey, directory.resolve("ca.pem"));
        refused(config(Optional.of(absent), Optional.of(good)), "TLS for clients: " + absent.certificate());
        refused(config(Optional.of(foreign), Optional.empty()), "other.key is not the key of the certificate in");
        refused(config(Optional.of(good), Optional.of(empty)), "TLS for members: " + noKey + " holds no private key");
        refused(config(Optional.empty(), Optional.of(absent)), "absent.pem is not there");
    }
}
