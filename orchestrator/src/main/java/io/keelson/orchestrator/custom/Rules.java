package io.keelson.orchestrator.custom;

import io.keelson.orchestrator.cel.Budget;
import io.keelson.orchestrator.cel.EvaluationException;
import io.keelson.orchestrator.cel.Expression;
import io.keelson.orchestrator.cel.Values;
import io.keelson.orchestrator.kind.Cause;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Judges an object by the rules of its schema. */
final class Rules {

    private static final int MAX_MESSAGE = 5_120;

    private final Budget budget;
    private final List<Cause> causes = new ArrayList<>();
    private boolean stopped;

    private Rules(Budget budget) {
        this.budget = budget;
    }

    /**
     * What does not hold.
     *
     * @param live the object before; empty for a new one, to which rules about transitions do not apply
     */
    static List<Cause> check(RuleSet rules, Optional<ObjectNode> live, ObjectNode object, Budget budget) {
        Rules run = new Rules(budget);
        run.check(rules, object, live.map(before -> before), "");
        return run.causes;
    }

    /** What does not hold of a default value at a path of a schema; nothing was before it. */
    static List<Cause> check(RuleSet rules, JsonNode value, String path, Budget budget) {
        Rules run = new Rules(budget);
        run.check(rules, value, Optional.empty(), path);
        return run.causes;
    }

    private void check(RuleSet rules, JsonNode value, Optional<JsonNode> old, String path) {
        if (stopped || value.isNull()) {
            return;
        }
        own(rules, value, old, path);
        if (value.isArray() && rules.items().isPresent()) {
            Map<ObjectNode, JsonNode> before = new HashMap<>();
            boolean byKey = rules.schema().listType().equals("map");
            if (byKey) {
                old.ifPresent(list -> list.forEach(item -> before.put(ListCheck.key(rules.schema(), item), item)));
            }
            for (int i = 0; i < value.size(); i++) {
                Optional<JsonNode> oldItem = byKey
                        ? Optional.ofNullable(before.get(ListCheck.key(rules.schema(), value.get(i))))
                        : Optional.empty();
                check(rules.items().get(), value.get(i), oldItem, path + "[" + i + "]");
            }
        } else if (value.isObject()) {
            value.properties()
                    .forEach(entry -> Optional.ofNullable(rules.properties().get(entry.getKey()))
                            .or(rules::additional)
                            .ifPresent(branch -> check(
                                    branch,
                                    entry.getValue(),
                                    old.flatMap(object -> Optional.ofNullable(object.get(entry.getKey()))),
                                    child(rules, path, entry.getKey()))));
        }
    }

    private static String child(RuleSet rules, String path, String name) {
        boolean map = !rules.properties().containsKey(name);
        return map ? path + "[" + name + "]" : path.isEmpty() ? name : path + "." + name;
    }

    private void own(RuleSet rules, JsonNode value, Optional<JsonNode> old, String path) {
        if (rules.own().isEmpty()) {
            return;
        }
        boolean same = old.filter(value::equals).isPresent();
        Object self = Values.of(value, rules.type());
        for (RuleSet.Compiled rule : rules.own()) {
            boolean optional = rule.rule().optionalOldSelf();
            boolean skipped = (rule.transition() && old.isEmpty() && !optional) || (same && !rule.transition());
            if (stopped || skipped) {
                continue;
            }
            Map<String, Object> variables = new HashMap<>(Map.of("self", self));
            if (optional) {
                variables.put(
                        "oldSelf",
                        old.<Object>map(before -> Optional.of(Values.of(before, rules.type())))
                                .orElse(Values.absent()));
            } else {
                old.ifPresent(before -> variables.put("oldSelf", Values.of(before, rules.type())));
            }
            judge(rules, rule, variables, path);
        }
    }

    private void judge(RuleSet rules, RuleSet.Compiled rule, Map<String, Object> variables, String path) {
        String type = "\"" + rules.schema().type() + "\"";
        String where = path.isEmpty() ? "<nil>" : path;
        try {
            if (!rule.condition().holds(variables, budget)) {
                causes.add(cause(rule.rule(), where(path, rule.rule()), type, message(rule, variables)));
            }
        } catch (EvaluationException e) {
            String words = e.words();
            String about = shown(rule.rule());
            switch (e.reason()) {
                case BUDGET_USED_UP -> {
                    stopped = true;
                    causes.add(Cause.invalid(where, type, words));
                }
                case TOO_EXPENSIVE -> {
                    stopped = true;
                    causes.add(Cause.invalid(
                            where,
                            type,
                            "'" + words
                                    + "': no further validation rules will be run due to call cost exceeds limit for"
                                    + " rule: " + about));
                }
                case FAILED ->
                    causes.add(Cause.invalid(
                            where,
                            type,
                            words.startsWith("no such overload")
                                    ? "'" + words
                                            + "': call arguments did not match a supported operator, function or macro"
                                            + " signature for rule: " + about
                                    : words + " evaluating rule: " + about));
            }
        }
    }

    private static String where(String path, Rule rule) {
        String below = rule.fieldPath().replaceAll("\\['([^']*)'\\]", "[$1]");
        if (below.isEmpty()) {
            return path.isEmpty() ? "<nil>" : path;
        }
        return path.isEmpty() && below.startsWith(".") ? below.substring(1) : path + below;
    }

    private static Cause cause(Rule rule, String path, String type, String message) {
        return switch (rule.reason()) {
            case "FieldValueRequired" -> Cause.required(path, message);
            case "FieldValueForbidden" -> Cause.forbidden(path, message);
            case "FieldValueDuplicate" -> Cause.duplicate(path, type);
            default -> Cause.invalid(path, type, message);
        };
    }

    private static String shown(Rule rule) {
        return (rule.message().isEmpty() ? rule.rule() : rule.message()).strip();
    }

    /** What the message expression gives, unless that is no single line; then the message; then the rule itself. */
    private String message(RuleSet.Compiled rule, Map<String, Object> variables) {
        Optional<Expression> expression = rule.message();
        if (expression.isPresent()) {
            try {
                Optional<String> words = expression
                        .get()
                        .words(variables, budget)
                        .map(String::strip)
                        .filter(text -> !text.isEmpty() && text.length() <= MAX_MESSAGE && !text.contains("\n"));
                if (words.isPresent()) {
                    return words.get();
                }
            } catch (EvaluationException e) {
                stopped |= e.reason() != EvaluationException.Reason.FAILED;
            }
        }
        return rule.rule().message().isEmpty() ? "failed rule: " + shown(rule.rule()) : shown(rule.rule());
    }
}
