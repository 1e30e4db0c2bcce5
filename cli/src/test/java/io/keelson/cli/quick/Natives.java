package io.keelson.cli.quick;

import io.netty.handler.ssl.OpenSsl;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Assumptions;

/** Where the build puts the natives of TLS for this machine. */
final class Natives {

    private Natives() {}

    static String library() {
        // Netty decides once whether there are natives for its servers; they must not find these.
        Assumptions.assumeFalse(OpenSsl.isAvailable(), "natives are on the class path");
        var system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        var machine = System.getProperty("os.arch").equals("aarch64") ? "aarch_64" : "x86_64";
        var file = Path.of("target/tls/META-INF/native/libnetty_tcnative_" + system + "_" + machine + ".so")
                .toAbsolutePath();
        Assumptions.assumeTrue(Files.exists(file), "SKIPPED: there is no native TLS for this machine: " + file);
        return file.toString();
    }
}
