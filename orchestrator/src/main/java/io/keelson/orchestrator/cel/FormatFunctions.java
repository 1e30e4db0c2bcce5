package io.keelson.orchestrator.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import io.keelson.orchestrator.kind.Age;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Names;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Named forms of text, such as {@code format.dns1123Label()}, with {@code validate}. */
final class FormatFunctions {

    static final CelType FORMAT = OpaqueType.create("kubernetes.NamedFormat");

    /** A form: what is wrong with a text. */
    record Format(String name, Function<String, List<String>> problems) {

        @Override
        public String toString() {
            return name;
        }
    }

    private static final Map<String, Format> NAMED = new TreeMap<>();

    static {
        add("dns1123Label", Names::dns1123LabelProblems);
        add("dns1123Subdomain", Names::dns1123SubdomainProblems);
        add("dns1035Label", Names::dns1035LabelProblems);
        add("qualifiedName", Names::qualifiedNameProblems);
        add("labelValue", Names::labelValueProblems);
        add("dns1123LabelPrefix", text -> Names.dns1123LabelProblems(withoutDashes(text)));
        add("dns1123SubdomainPrefix", text -> Names.dns1123SubdomainProblems(withoutDashes(text)));
        add("dns1035LabelPrefix", text -> Names.dns1035LabelProblems(withoutDashes(text)));
        add(
                "uri",
                text -> text.matches("[a-zA-Z][a-zA-Z0-9+.-]*:.+") || text.startsWith("/")
                        ? List.of()
                        : List.of("invalid URI for request"));
        add(
                "uuid",
                text -> text.matches("(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
                        ? List.of()
                        : List.of("does not match the UUID format"));
        add("byte", text -> isBase64(text) ? List.of() : List.of("invalid base64"));
        add("date", text -> isTime(text + "T00:00:00Z") ? List.of() : List.of("invalid date"));
        add("datetime", text -> isTime(text) ? List.of() : List.of("invalid datetime"));
    }

    private FormatFunctions() {}

    /** What is to be added to a name that is generated may end with dashes. */
    private static String withoutDashes(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '-') {
            end--;
        }
        return text.substring(0, end);
    }

    private static void add(String name, Function<String, List<String>> problems) {
        NAMED.put(name, new Format(name, problems));
    }

    private static boolean isBase64(String text) {
        try {
            return Base64.getDecoder().decode(text).length <= text.length();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isTime(String text) {
        return Age.time(Json.object().put("t", text), "t").isPresent();
    }

    static FunctionTable table() {
        FunctionTable table = new FunctionTable();
        NAMED.forEach((name, format) -> table.global("format." + name, FORMAT, List.of(), _ -> format));
        CelType texts = ListType.create(SimpleType.STRING);
        return table.global(
                        "format.named",
                        OptionalType.create(FORMAT),
                        List.of(SimpleType.STRING),
                        a -> Optional.ofNullable(NAMED.get((String) a[0])))
                .member("validate", OptionalType.create(texts), List.of(FORMAT, SimpleType.STRING), a -> {
                    List<String> problems = ((Format) a[0]).problems().apply((String) a[1]);
                    return problems.isEmpty() ? Optional.empty() : Optional.of(problems);
                });
    }
}
