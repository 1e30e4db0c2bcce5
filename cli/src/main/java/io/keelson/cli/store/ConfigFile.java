package io.keelson.cli.store;

import io.keelson.cli.print.Nearest;
import io.keelson.cli.print.Trouble;
import io.keelson.cli.store.Given.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** etcd's configuration file: YAML whose keys are the flags' names, but for the files of TLS, which stand in two maps. */
final class ConfigFile {

    private static final String CLIENTS = "client-transport-security";
    private static final String PEERS = "peer-transport-security";

    /** Keys within {@link #CLIENTS} and the flags that they are. */
    private static final Map<String, String> CLIENT_KEYS = Map.of(
            "cert-file", "cert-file",
            "key-file", "key-file",
            "client-cert-file", "client-cert-file",
            "client-key-file", "client-key-file",
            "client-cert-auth", "client-cert-auth",
            "trusted-ca-file", "trusted-ca-file",
            "auto-tls", "auto-tls",
            "crl-file", "client-crl-file",
            "allowed-hostname", "client-cert-allowed-hostname");

    private static final Map<String, String> PEER_KEYS = Map.of(
            "cert-file", "peer-cert-file",
            "key-file", "peer-key-file",
            "client-cert-file", "peer-client-cert-file",
            "client-key-file", "peer-client-key-file",
            "client-cert-auth", "peer-client-cert-auth",
            "trusted-ca-file", "peer-trusted-ca-file",
            "auto-tls", "peer-auto-tls",
            "crl-file", "peer-crl-file",
            "allowed-cn", "peer-cert-allowed-cn",
            "allowed-hostname", "peer-cert-allowed-hostname");

    private ConfigFile() {}

    /**
     * Reads a file.
     *
     * @param path of the file, for messages
     * @param yaml what stands in it
     * @throws Trouble if it is no YAML, or has a key that is no flag
     */
    static Map<String, Value> parse(String path, String yaml) {
        Object root;
        try {
            root = new Load(LoadSettings.builder().setLabel(path).build()).loadFromString(yaml);
        } catch (YamlEngineException wrong) {
            throw Trouble.usage("--config-file " + path + " is not YAML: " + wrong.getMessage());
        }
        var values = new LinkedHashMap<String, Value>();
        if (root == null) return values;
        for (var entry : map(path, "the file", root).entrySet()) {
            var key = String.valueOf(entry.getKey());
            switch (key) {
                case CLIENTS -> nested(path, key, entry.getValue(), CLIENT_KEYS, values);
                case PEERS -> nested(path, key, entry.getValue(), PEER_KEYS, values);
                default -> {
                    var flag = Flags.named(key)
                            .filter(known -> !List.of("config-file", "version").contains(key))
                            .orElseThrow(() -> unknown(
                                    path,
                                    key,
                                    Flags.all().stream().map(Flag::name).toList()));
                    put(values, flag, entry.getValue(), key + " in " + path);
                }
            }
        }
        return values;
    }

    private static void nested(
            String path, String outer, Object value, Map<String, String> keys, Map<String, Value> values) {
        if (value == null) return;
        for (var entry : map(path, outer, value).entrySet()) {
            var key = String.valueOf(entry.getKey());
            var name = keys.get(key);
            if (name == null)
                throw unknown(
                        path,
                        outer + "." + key,
                        keys.keySet().stream().map(known -> outer + "." + known).toList());
            put(values, Flags.known(name), entry.getValue(), outer + "." + key + " in " + path);
        }
    }

    private static Map<?, ?> map(String path, String what, Object value) {
        if (value instanceof Map<?, ?> map) return map;
        throw Trouble.usage("--config-file " + path + ": " + what + " is not a map of keys and values");
    }

    /** Nothing behind the colon is the same as no key, as in etcd's own sample. */
    private static void put(Map<String, Value> values, Flag flag, Object value, String source) {
        text(flag, value, source)
                .filter(text -> !text.isEmpty())
                .ifPresent(text -> values.put(flag.name(), new Value(text, source)));
    }

    private static Optional<String> text(Flag flag, Object value, String source) {
        return switch (value) {
            case null -> Optional.empty();
            case List<?> list -> Optional.of(list.stream().map(String::valueOf).collect(Collectors.joining(",")));
            case Map<?, ?> _ ->
                throw Trouble.usage(
                        source + " is a map, and expected is " + flag.kind().expected());
            // A number is a time in nanoseconds, as for etcd.
            case Number nanos
            when flag.kind() == Flag.Kind.DURATION ->
                Optional.of(Duration.ofNanos(nanos.longValue()).toNanos() + "ns");
            default -> Optional.of(String.valueOf(value));
        };
    }

    private static Trouble unknown(String path, String key, List<String> known) {
        var all = new ArrayList<>(known);
        all.add(CLIENTS);
        all.add(PEERS);
        return Trouble.usage(
                "--config-file " + path + ": etcd has no key " + key,
                Nearest.to(key, all)
                        .map(near -> "Did you mean " + near + "?")
                        .orElse("Its keys are the flags' names."));
    }
}
