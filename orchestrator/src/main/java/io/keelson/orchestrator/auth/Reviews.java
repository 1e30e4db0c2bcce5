package io.keelson.orchestrator.auth;

import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Rejection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The questions about who may do what, and their answers: the kinds of {@code authorization.k8s.io} and {@code authentication.k8s.io}. */
public final class Reviews {

    private Reviews() {}

    /** A question about access that has been read, or why it makes no sense. */
    public sealed interface Asked {
        /** About whom, and what. */
        record Question(User user, Access access) implements Asked {}

        /** Nothing sensible. */
        record Refuse(Rejection rejection) implements Asked {}
    }

    /**
     * Reads a SubjectAccessReview, LocalSubjectAccessReview or SelfSubjectAccessReview.
     *
     * @param kind which of them
     * @param self who asks
     * @param namespace where a LocalSubjectAccessReview is asked
     */
    public static Asked access(String kind, ObjectNode review, User self, String namespace) {
        Optional<JsonNode> resource = Json.at(review, "spec", "resourceAttributes");
        Optional<JsonNode> path = Json.at(review, "spec", "nonResourceAttributes");
        if (resource.isPresent() == path.isPresent()) {
            return invalid(
                    kind,
                    "spec.resourceAttributes",
                    resource.isPresent()
                            ? "cannot be specified in combination with nonResourceAttributes"
                            : "exactly one of nonResourceAttributes or resourceAttributes must be specified");
        }
        User user = self;
        if (!kind.equals("SelfSubjectAccessReview")) {
            user = subject(review);
            if (user.name().isEmpty() && user.groups().isEmpty()) {
                return invalid(kind, "spec.user", "at least one of user or group must be specified");
            }
        }
        if (kind.equals("LocalSubjectAccessReview")) {
            if (path.isPresent()) {
                return invalid(kind, "spec.nonResourceAttributes", "disallowed on this kind of request");
            }
            String said = Json.string(resource.get(), "namespace").orElse("");
            if (!said.equals(namespace)) {
                return invalid(kind, "spec.resourceAttributes.namespace", "must match metadata.namespace");
            }
        }
        return new Asked.Question(user, resource.map(Reviews::toObjects).orElseGet(() -> toPath(path.orElseThrow())));
    }

    private static Asked invalid(String kind, String field, String why) {
        return new Asked.Refuse(Rejection.of(
                Reason.INVALID, kind + ".authorization.k8s.io \"\" is invalid: " + field + ": Invalid value: " + why));
    }

    private static User subject(ObjectNode review) {
        Map<String, List<String>> extra = new LinkedHashMap<>();
        Json.at(review, "spec", "extra")
                .ifPresent(map -> map.propertyNames().forEach(key -> extra.put(key, texts(Json.items(map, key)))));
        return new User(
                Json.string(review, "spec", "user").orElse(""),
                texts(Json.items(review, "spec", "groups")),
                Json.string(review, "spec", "uid").orElse(""),
                extra);
    }

    private static List<String> texts(List<JsonNode> nodes) {
        return nodes.stream().map(node -> node.asString("")).toList();
    }

    private static Access toObjects(JsonNode wanted) {
        String resource = text(wanted, "resource");
        String subresource = text(wanted, "subresource");
        String node = RequestInfo.node(
                text(wanted, "verb"),
                Json.string(wanted, "fieldSelector", "rawSelector").orElse(""));
        for (JsonNode term : Json.items(wanted, "fieldSelector", "requirements")) {
            List<JsonNode> values = Json.items(term, "values");
            if (text(term, "key").equals("spec.nodeName")
                    && text(term, "operator").equals("In")
                    && values.size() == 1) {
                node = values.getFirst().asString("");
            }
        }
        return new Access.ToObjects(
                text(wanted, "verb"),
                text(wanted, "group"),
                subresource.isEmpty() ? resource : resource + "/" + subresource,
                text(wanted, "namespace"),
                text(wanted, "name"),
                node);
    }

    private static Access toPath(JsonNode wanted) {
        return new Access.ToPath(text(wanted, "verb"), text(wanted, "path"));
    }

    private static String text(JsonNode from, String field) {
        return Json.string(from, field).orElse("");
    }

    /** The review with its answer. */
    public static ObjectNode answered(ObjectNode review, Decision decision) {
        ObjectNode answer = answer(review);
        ObjectNode status = Json.child(answer, "status").put("allowed", decision.allowed());
        if (!decision.reason().isEmpty()) {
            status.put("reason", decision.reason());
        }
        return answer;
    }

    private static ObjectNode answer(ObjectNode review) {
        ObjectNode answer = review.deepCopy();
        Json.child(answer, "metadata");
        answer.remove("status");
        return answer;
    }

    /**
     * The answer to a SelfSubjectRulesReview.
     *
     * @param rules gives the rules of a user in a namespace, and notes what could not be found
     */
    public static ObjectNode rules(
            ObjectNode review, User self, BiFunction<User, List<String>, List<PolicyRule>> rules) {
        List<String> errors = new ArrayList<>();
        ObjectNode answer = answer(review);
        ObjectNode status = Json.child(answer, "status");
        ArrayNode resources = status.putArray("resourceRules");
        ArrayNode paths = status.putArray("nonResourceRules");
        for (PolicyRule rule : rules.apply(self, errors)) {
            if (rule.nonResourceUrls().isEmpty()) {
                resources.add(rule.json());
            } else {
                paths.add(rule.json());
            }
        }
        status.put("incomplete", !errors.isEmpty());
        if (!errors.isEmpty()) {
            status.put("evaluationError", String.join(", ", errors));
        }
        return answer;
    }

    /** The answer to a SelfSubjectReview: who one is. */
    public static ObjectNode self(ObjectNode review, User self) {
        ObjectNode answer = answer(review);
        Json.child(answer, "status").set("userInfo", userInfo(self));
        return answer;
    }

    /** The answer to a TokenReview. */
    public static ObjectNode token(ObjectNode review, Authentication found) {
        ObjectNode answer = answer(review);
        ObjectNode status = Json.child(answer, "status");
        switch (found) {
            case Authentication.Known known -> {
                status.put("authenticated", true);
                if (!known.audiences().isEmpty()) {
                    ArrayNode audiences = status.putArray("audiences");
                    known.audiences().forEach(audiences::add);
                }
                status.set("user", userInfo(known.user()));
            }
            case Authentication.NotMine _ -> {
                Json.child(status, "user");
                status.put("error", "invalid bearer token");
            }
            case Authentication.Refused refused -> {
                Json.child(status, "user");
                status.put("error", "[invalid bearer token, " + refused.reason() + "]");
            }
        }
        return answer;
    }

    /** A user as reviews and the audit log show it. */
    public static ObjectNode userInfo(User user) {
        ObjectNode info = Json.object();
        if (!user.extra().isEmpty()) {
            ObjectNode extra = Json.child(info, "extra");
            user.extra().forEach((key, values) -> {
                ArrayNode list = extra.putArray(key);
                values.forEach(list::add);
            });
        }
        ArrayNode groups = info.putArray("groups");
        user.groups().forEach(groups::add);
        if (!user.uid().isEmpty()) {
            info.put("uid", user.uid());
        }
        return info.put("username", user.name());
    }
}
