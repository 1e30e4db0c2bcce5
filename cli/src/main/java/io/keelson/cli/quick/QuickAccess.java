package io.keelson.cli.quick;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The current context of a kubeconfig that holds its certificates itself, as {@code keelson up} writes it.
 *
 * @param servers {@code host:port}, in the order in which to try them
 * @param trust the certificate authority, PEM
 * @param certificate the client's certificate, PEM
 * @param key its key, PEM
 * @param namespace the namespace when none is given
 */
record QuickAccess(List<String> servers, String trust, String certificate, String key, String namespace) {

    private static final String SCHEME = "https://";
    private static final int LARGEST_BYTES = 1 << 20;

    static QuickAccess read(File file) throws StepAside {
        byte[] bytes;
        try (FileInputStream in = new FileInputStream(file)) {
            bytes = in.readNBytes(LARGEST_BYTES);
        } catch (IOException unreadable) {
            throw new StepAside("the kubeconfig cannot be read");
        }
        if (bytes.length == LARGEST_BYTES) throw new StepAside("a large kubeconfig");
        return of(PlainYaml.parse(new String(bytes, StandardCharsets.UTF_8)));
    }

    static QuickAccess of(Map<String, Object> config) throws StepAside {
        Map<?, ?> context = named(config, "contexts", "context", text(config, "current-context"));
        Map<?, ?> cluster = named(config, "clusters", "cluster", text(context, "cluster"));
        Map<?, ?> user = named(config, "users", "user", text(context, "user"));
        return new QuickAccess(
                servers(cluster),
                data(cluster, "certificate-authority-data"),
                data(user, "client-certificate-data"),
                data(user, "client-key-data"),
                context.containsKey("namespace") ? text(context, "namespace") : "default");
    }

    private static Map<?, ?> named(Map<String, Object> config, String list, String field, String name)
            throws StepAside {
        for (Object each : list(config, list)) {
            if (each instanceof Map<?, ?> item && name.equals(item.get("name"))) return map(item, field);
        }
        throw new StepAside("the kubeconfig has no " + field + " " + name);
    }

    private static Map<?, ?> map(Map<?, ?> holder, String field) throws StepAside {
        if (holder.get(field) instanceof Map<?, ?> map) return map;
        throw new StepAside("the kubeconfig's " + field);
    }

    private static List<?> list(Map<?, ?> holder, String field) throws StepAside {
        if (holder.get(field) instanceof List<?> list) return list;
        throw new StepAside("the kubeconfig's " + field);
    }

    private static String text(Map<?, ?> holder, String field) throws StepAside {
        if (holder.get(field) instanceof String text) return text;
        throw new StepAside("the kubeconfig's " + field);
    }

    private static String data(Map<?, ?> holder, String field) throws StepAside {
        try {
            byte[] pem = Base64.getDecoder().decode(text(holder, field).getBytes(StandardCharsets.ISO_8859_1));
            return new String(pem, StandardCharsets.ISO_8859_1);
        } catch (IllegalArgumentException notBase64) {
            throw new StepAside("the kubeconfig's " + field);
        }
    }

    /** The others that Keelson knows stand in an extension; see {@code Access} of the full client. */
    private static List<String> servers(Map<?, ?> cluster) throws StepAside {
        List<String> servers = new ArrayList<>();
        servers.add(hostPort(cluster.get("server")));
        if (!cluster.containsKey("extensions")) return servers;
        for (Object each : list(cluster, "extensions")) {
            if (!(each instanceof Map<?, ?> item) || !"keelson".equals(item.get("name"))) continue;
            for (Object other : list(map(item, "extension"), "servers")) {
                String address = hostPort(other);
                if (!servers.contains(address)) servers.add(address);
            }
        }
        return servers;
    }

    private static String hostPort(@Nullable Object server) throws StepAside {
        if (!(server instanceof String url) || !url.startsWith(SCHEME)) throw new StepAside("the server's address");
        String address = url.substring(SCHEME.length());
        int colon = address.indexOf(':');
        if (colon <= 0 || colon == address.length() - 1) throw new StepAside("the server's address");
        for (int i = 0; i < address.length(); i++) {
            char c = address.charAt(i);
            boolean digit = c >= '0' && c <= '9';
            boolean ofHost = (c >= 'a' && c <= 'z') || c == '-' || c == '.';
            if (!digit && i != colon && (i > colon || !ofHost)) throw new StepAside("the server's address");
        }
        return address;
    }
}
