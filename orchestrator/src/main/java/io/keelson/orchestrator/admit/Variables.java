package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.cel.Budget;
import io.keelson.orchestrator.cel.EvaluationException;
import java.util.AbstractMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The values of a policy's variables. One that comes to no value is absent, so that only who needs it fails, and it is known why. */
final class Variables extends AbstractMap<String, Object> {

    private static final String NO_KEY = "no such key: ";

    private final Map<String, Object> evaluated = new LinkedHashMap<>();
    private final Map<String, String> failures = new HashMap<>();

    /** Evaluates them in their order; each knows those before it. From then on they are among the values, as {@code variables}. */
    static Variables of(List<Policy.Named> named, Map<String, Object> values, Budget budget) {
        Variables variables = new Variables();
        values.put("variables", variables);
        for (Policy.Named each : named) {
            try {
                variables.evaluated.put(each.name(), each.expression().evaluate(values, budget));
                variables.failures.remove(each.name());
            } catch (EvaluationException e) {
                variables.evaluated.remove(each.name());
                variables.failures.put(each.name(), variables.why(e));
            }
        }
        return variables;
    }

    /** Why an expression failed: if because it needs a variable that failed, then why that did, in Kubernetes' words. */
    String why(EvaluationException e) {
        String message = String.valueOf(e.getMessage());
        String key = message.startsWith(NO_KEY) ? message.substring(NO_KEY.length()) : "";
        return failures.containsKey(key)
                ? "composited variable \"" + key + "\" fails to evaluate: " + failures.get(key)
                : message;
    }

    @Override
    public Set<Entry<String, Object>> entrySet() {
        return evaluated.entrySet();
    }
}
