package io.keelson.cli.cluster;

import io.keelson.cli.pki.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.util.Base64;

/**
 * The kubeconfig of a cluster: for kubectl a context for each server (it tries no other), for keelson all servers in an extension that
 * kubectl leaves alone.
 */
final class Kubeconfig {

    private Kubeconfig() {}

    /** Writes it, readable for the owner alone, since the administrator's key is in it. */
    static void write(Plan plan, Keys keys) throws IOException {
        var certificate = Files.readString(keys.certificate(Keys.ADMIN));
        Keys.replace(
                plan.kubeconfig(),
                text(plan, Files.readString(keys.authority()), certificate, clientKey(keys, certificate)),
                "rw-------");
    }

    private static String clientKey(Keys keys, String certificate) throws IOException {
        try {
            return Pem.sec1(Pem.parseKey(Files.readString(keys.key(Keys.ADMIN))), Pem.parseCertificate(certificate));
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("keys that cannot be read are made anew before", broken);
        }
    }

    static String text(Plan plan, String authority, String certificate, String key) {
        var clusters = new StringBuilder();
        var contexts = new StringBuilder();
        for (int i = 0; i < plan.servers().size(); i++) {
            // The first is simply "keelson".
            var name = i == 0 ? "keelson" : "keelson-" + plan.servers().get(i).name();
            clusters.append("- name: ")
                    .append(name)
                    .append("\n  cluster:\n    server: https://")
                    .append(plan.apiServers().get(i));
            clusters.append("\n    certificate-authority-data: ")
                    .append(base64(authority))
                    .append('\n');
            if (i == 0 && plan.servers().size() > 1) {
                clusters.append("    extensions:\n    - name: keelson\n      extension:\n        servers:\n");
                plan.apiServers()
                        .forEach(server -> clusters.append("        - https://")
                                .append(server)
                                .append('\n'));
            }
            contexts.append("- name: ")
                    .append(name)
                    .append("\n  context:\n    cluster: ")
                    .append(name);
            contexts.append("\n    user: keelson-admin\n    namespace: default\n");
        }
        return "apiVersion: v1\nkind: Config\ncurrent-context: keelson\nclusters:\n" + clusters + "contexts:\n"
                + contexts
                + "users:\n- name: keelson-admin\n  user:\n    client-certificate-data: " + base64(certificate)
                + "\n    client-key-data: "
                + base64(key) + "\n";
    }

    private static String base64(String pem) {
        return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
    }
}
