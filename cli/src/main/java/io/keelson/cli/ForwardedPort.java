package io.keelson.cli;

import io.keelson.cli.print.Trouble;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A port of this machine and the pod's port that it leads to.
 *
 * @param local on this machine; 0: any that is free
 * @param remote a number, or the name of a port
 */
record ForwardedPort(int local, String remote) {

    private static final int PORT_MAX = 65535;

    /** Reads {@code 8080}, {@code 8080:80}, {@code :80} or {@code 8080:http}, as kubectl does. */
    static ForwardedPort parse(String text) {
        var parts = text.split(":", -1);
        if (parts.length > 2 || parts[parts.length - 1].isEmpty()) throw wrong(text);
        var remote = parts[parts.length - 1];
        if (isNumber(remote) && number(remote, text) == 0) throw wrong(text);
        if (parts.length == 1) return new ForwardedPort(isNumber(remote) ? number(remote, text) : 0, remote);
        return new ForwardedPort(parts[0].isEmpty() ? 0 : number(parts[0], text), remote);
    }

    private static boolean isNumber(String text) {
        return text.chars().allMatch(digit -> digit >= '0' && digit <= '9');
    }

    private static int number(String text, String whole) {
        if (!isNumber(text) || text.isEmpty() || text.length() > 5) throw wrong(whole);
        int number = Integer.parseInt(text);
        if (number > PORT_MAX) throw wrong(whole);
        return number;
    }

    private static Trouble wrong(String text) {
        return Trouble.usage(
                "\"" + text + "\" is no port",
                "Write PORT, LOCAL:REMOTE or :REMOTE, for example 8080:80; ports are from 1 to " + PORT_MAX + ".");
    }

    /** The pod's port when a service's is named: its targetPort. */
    ForwardedPort ofService(JsonNode service) {
        for (var port : service.path("spec").path("ports")) {
            boolean meant = remote.equals(port.path("name").asString(""))
                    || remote.equals(String.valueOf(port.path("port").asInt(0)));
            if (!meant) continue;
            var target = port.path("targetPort");
            var pods = target.isMissingNode() ? String.valueOf(port.path("port").asInt(0)) : text(target);
            return new ForwardedPort(local, pods);
        }
        throw Trouble.of("Service " + service.path("metadata").path("name").asString("")
                + " does not have a service port " + remote);
    }

    private static String text(JsonNode node) {
        return node.isString() ? node.asString() : node.toString();
    }

    /** The pod's port by number. */
    int ofPod(JsonNode pod) {
        if (isNumber(remote)) return Integer.parseInt(remote);
        for (var container : pod.path("spec").path("containers")) {
            for (var port : container.path("ports")) {
                if (port.path("name").asString("").equals(remote))
                    return port.path("containerPort").asInt(0);
            }
        }
        throw Trouble.of("Pod '" + pod.path("metadata").path("name").asString("") + "' does not have a named port '"
                + remote + "'");
    }

    /** Whether a word is a service of the command line. */
    static Optional<String> service(String word) {
        int slash = word.indexOf('/');
        boolean service = slash > 0 && List.of("service", "services", "svc").contains(word.substring(0, slash));
        return service ? Optional.of(word.substring(slash + 1)) : Optional.empty();
    }
}
