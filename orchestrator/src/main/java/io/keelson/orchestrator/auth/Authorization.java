package io.keelson.orchestrator.auth;

import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Rejection;
import java.util.List;
import java.util.Optional;

/**
 * The rules: members of {@code system:masters} may do all; {@code system:node:NAME} in {@code system:nodes} may speak for the node NAME;
 * everybody else may do nothing.
 */
public final class Authorization {

    private static final String MASTERS = "system:masters";
    private static final String NODES = "system:nodes";
    private static final String NODE_PREFIX = "system:node:";

    private Authorization() {}

    /** Why a user may not; empty if it may. */
    public static Optional<Rejection> refusal(User user, Access access) {
        if (user.groups().contains(MASTERS)) {
            return Optional.empty();
        }
        return switch (access) {
            case Access.ToObjects objects -> Optional.of(forbidden(user, objects));
            case Access.ToPath path ->
                Optional.of(Rejection.of(
                        Reason.FORBIDDEN,
                        "forbidden: User \"" + user.name() + "\" cannot " + path.verb() + " path \"" + path.path()
                                + "\""));
            case Access.ForNode node ->
                user.groups().contains(NODES) && user.name().equals(NODE_PREFIX + node.node())
                        ? Optional.empty()
                        : Optional.of(forbidden(user, new Access.ToObjects(node.verb(), "", "nodes", "", node.node())));
        };
    }

    /** The refusal of somebody whom nobody knows. */
    public static Rejection unauthorized() {
        return Rejection.of(Reason.UNAUTHORIZED, "Unauthorized");
    }

    private static Rejection forbidden(User user, Access.ToObjects access) {
        String resource = access.resource().split("/", 2)[0];
        String qualified = access.group().isEmpty() ? resource : resource + "." + access.group();
        String what = access.name().isEmpty() ? qualified : qualified + " \"" + access.name() + "\"";
        String where = access.namespace().isEmpty()
                ? "at the cluster scope"
                : "in the namespace \"" + access.namespace() + "\"";
        String message = what + " is forbidden: User \"" + user.name() + "\" cannot " + access.verb() + " resource \""
                + access.resource() + "\" in API group \"" + access.group() + "\" " + where;
        return new Rejection(
                Reason.FORBIDDEN,
                message,
                Optional.of(new Rejection.Details(access.group(), resource, access.name(), "", List.of(), 0)));
    }
}
