package io.keelson.orchestrator.auth;

import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Rejection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rules in their order: {@code system:masters} may do all; then nodes have theirs; then roles say. And the words of a no. */
public final class Authorization {

    private static final String MASTERS = "system:masters";

    private Authorization() {}

    /** Whether a user is above all rules. */
    public static boolean isMaster(User user) {
        return user.groups().contains(MASTERS);
    }

    /** What two authorizers say together: the first that allows it decides; if none does, the reason is what each had to say. */
    public static Decision first(Decision one, Decision other) {
        if (one.allowed() || other.allowed()) {
            return one.allowed() ? one : other;
        }
        return Decision.noOpinion(Stream.of(one.reason(), other.reason())
                .filter(reason -> !reason.isEmpty())
                .collect(Collectors.joining("\n")));
    }

    /**
     * The refusal, in Kubernetes' words.
     *
     * @param reason what stands at its end; may be empty
     */
    public static Rejection forbidden(User user, Access access, String reason) {
        return switch (access) {
            case Access.ToObjects objects -> forbidden(user, objects, reason);
            case Access.ToPath path ->
                Rejection.of(
                        Reason.FORBIDDEN,
                        withReason(
                                "forbidden: User " + Quoted.text(user.name()) + " cannot " + path.verb() + " path "
                                        + Quoted.text(path.path()),
                                reason));
            case Access.ForNode node ->
                forbidden(user, new Access.ToObjects(node.verb(), "", "nodes", "", node.node()), reason);
        };
    }

    private static String withReason(String message, String reason) {
        return reason.isEmpty() ? message : message + ": " + reason;
    }

    /** The refusal of somebody whom nobody knows. */
    public static Rejection unauthorized() {
        return Rejection.of(Reason.UNAUTHORIZED, "Unauthorized");
    }

    private static Rejection forbidden(User user, Access.ToObjects access, String reason) {
        String resource = access.plural();
        String qualified = access.group().isEmpty() ? resource : resource + "." + access.group();
        String what = access.name().isEmpty() ? qualified : qualified + " " + Quoted.text(access.name());
        String where = access.namespace().isEmpty()
                ? "at the cluster scope"
                : "in the namespace " + Quoted.text(access.namespace());
        String message = what + " is forbidden: User " + Quoted.text(user.name()) + " cannot " + access.verb()
                + " resource " + Quoted.text(access.resource()) + " in API group " + Quoted.text(access.group()) + " "
                + where;
        return new Rejection(
                Reason.FORBIDDEN,
                withReason(message, reason),
                Optional.of(new Rejection.Details(access.group(), resource, access.name(), "", List.of(), 0)));
    }
}
