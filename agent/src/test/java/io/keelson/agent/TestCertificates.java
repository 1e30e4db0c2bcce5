package io.keelson.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/** A key and a certificate that trusts itself, as PEM files, made with the JDK's own keytool. */
record TestCertificates(Path certificate, Path key) {
    static TestCertificates make(Path directory, String node)
            throws IOException, InterruptedException, GeneralSecurityException {
        var store = directory.resolve("keys.p12");
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "k",
                        "-keyalg",
                        "EC",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-dname",
                        "CN=system:node:" + node + ",O=system:nodes",
                        "-ext",
                        "SAN=ip:127.0.0.1",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "secret")
                .redirectErrorStream(true)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(output);
        }
        var keys = KeyStore.getInstance(store.toFile(), "secret".toCharArray());
        var certificate = directory.resolve("tls.crt");
        var key = directory.resolve("tls.key");
        Files.writeString(
                certificate, pem("CERTIFICATE", keys.getCertificate("k").getEncoded()));
        Files.writeString(
                key, pem("PRIVATE KEY", keys.getKey("k", "secret".toCharArray()).getEncoded()));
        return new TestCertificates(certificate, key);
    }

    private static String pem(String what, byte[] der) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END " + what + "-----\n";
    }
}
