package io.keelson.orchestrator.http;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.api.WriteOptions;
import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.registry.FieldValidation;
import io.keelson.orchestrator.registry.Rejection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the query of a write says besides the object: who writes, whether really, and what to do about unknown fields. */
final class WriteParameters {

    private static final int MAX_FIELD_MANAGER_BYTES = 128;

    private WriteParameters() {}

    /**
     * The options of a write.
     *
     * @throws ApiException INVALID with all that is wrong, in Kubernetes' words
     */
    static WriteOptions of(Exchange exchange, User user) {
        boolean apply = Bodies.isApply(exchange);
        Query query = exchange.query();
        String manager = query.text("fieldManager");
        List<Cause> causes = new ArrayList<>();
        if (apply && manager.isEmpty()) {
            causes.add(Cause.required("fieldManager", "is required for apply patch"));
        }
        if (exchange.method().equals("PATCH") && !apply && !query.text("force").isEmpty()) {
            causes.add(Cause.forbidden("force", "may not be specified for non-apply patch"));
        }
        fieldManager(manager).ifPresent(causes::add);
        String dryRun = query.text("dryRun");
        if (!dryRun.isEmpty() && !dryRun.equals("All")) {
            causes.add(Cause.notSupported("dryRun", quoted(dryRun), List.of("All")));
        }
        String validation = query.text("fieldValidation");
        Optional<FieldValidation> known =
                validation.isEmpty() ? Optional.of(FieldValidation.WARN) : FieldValidation.of(validation);
        if (known.isEmpty()) {
            causes.add(Cause.notSupported("fieldValidation", quoted(validation), List.of("Ignore", "Strict", "Warn")));
        }
        if (!causes.isEmpty()) {
            throw new ApiException(Rejection.invalidOptions(options(exchange.method()), causes));
        }
        return new WriteOptions(
                user,
                manager.isEmpty() ? prefix(exchange.header("User-Agent")) : manager,
                !dryRun.isEmpty(),
                known.orElseThrow(),
                List.of());
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }

    private static Optional<Cause> fieldManager(String manager) {
        if (manager.getBytes(StandardCharsets.UTF_8).length > MAX_FIELD_MANAGER_BYTES) {
            return Optional.of(Cause.tooLong("fieldManager", MAX_FIELD_MANAGER_BYTES));
        }
        return manager.codePoints().allMatch(WriteParameters::isPrintable)
                ? Optional.empty()
                : Optional.of(
                        Cause.invalid("fieldManager", quoted(manager), "should only contain printable characters"));
    }

    private static boolean isPrintable(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> character == ' ';
            default -> true;
        };
    }

    /** What a program calls itself before the slash: the name of a writer that gives none. */
    private static String prefix(String userAgent) {
        StringBuilder prefix = new StringBuilder();
        int bytes = 0;
        for (int character : userAgent.split("/", 2)[0].codePoints().toArray()) {
            if (isPrintable(character)) {
                bytes += Character.toString(character).getBytes(StandardCharsets.UTF_8).length;
                if (bytes > MAX_FIELD_MANAGER_BYTES) {
                    break;
                }
                prefix.appendCodePoint(character);
            }
        }
        return prefix.toString();
    }

    private static String options(String method) {
        return switch (method) {
            case "PATCH" -> "PatchOptions";
            case "PUT" -> "UpdateOptions";
            default -> "CreateOptions";
        };
    }
}
