package io.keelson.orchestrator.measure;

import io.keelson.orchestrator.auth.Access;
import java.util.Optional;
import java.util.Set;

/**
 * What a request wants, in the words by which requests are counted.
 *
 * @param method of HTTP in capitals, {@code APPLY}, or {@code other}: what is counted of a request for something that is not served
 * @param verb the method, or {@code LIST}, {@code WATCH}, {@code CONNECT} for what one method has several meanings of
 * @param dryRun whether nothing is to be changed
 * @param objects which objects; empty for paths that are no objects'
 * @param version of the API; empty for paths
 * @param path one of few; empty for objects
 */
public record Request(
        String method, String verb, boolean dryRun, Optional<Access.ToObjects> objects, String version, String path) {

    /** Subresources that are no object but a connection. */
    private static final Set<String> CONNECTING = Set.of("attach", "exec", "log", "portforward", "proxy");

    /** One for objects. */
    public static Request toObjects(String method, Access.ToObjects access, String version, boolean dryRun) {
        return new Request(method, verb(method, access), dryRun, Optional.of(access), version, "");
    }

    /**
     * One for a path that is no object's.
     *
     * @param path one of few that the server knows, never what a client made up
     */
    public static Request toPath(String method, String path) {
        return new Request(method, method, false, Optional.empty(), "", path);
    }

    private static String verb(String method, Access.ToObjects access) {
        if (CONNECTING.contains(access.subresource())) {
            return "CONNECT";
        }
        return switch (access.verb()) {
            case "list" -> "LIST";
            case "watch" -> "WATCH";
            default -> method;
        };
    }
}
