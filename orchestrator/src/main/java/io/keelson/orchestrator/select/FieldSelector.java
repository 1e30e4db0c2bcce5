package io.keelson.orchestrator.select;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A field selector such as {@code spec.nodeName=n1,status.phase!=Failed}: all terms must hold. A field that is absent has the
 * empty value, or the value it has by default.
 */
public final class FieldSelector {

    private static final FieldSelector EVERYTHING = new FieldSelector(List.of());

    /**
     * One condition.
     *
     * @param field path of the field
     * @param equal whether the value must be this, or must not
     * @param value the text to compare with
     * @param absent what a field that is absent counts as
     */
    public record Term(String field, boolean equal, String value, String absent) {

        /** The value that an object has there. */
        public String of(ObjectNode object) {
            if (field.equals("source")) {
                return Json.string(object, "source", "component")
                        .or(() -> Json.string(object, "reportingComponent"))
                        .orElse("");
            }
            if (field.equals("status.podIPs")) {
                return Json.string(object, "status", "podIP").orElse("");
            }
            // The name by which jobs are selected is older than the field's.
            String path = field.equals("status.successful") ? "status.succeeded" : field;
            return Json.at(object, path.split("\\.", -1))
                    .filter(JsonNode::isValueNode)
                    .map(JsonNode::asString)
                    .orElse(absent);
        }
    }

    private final List<Term> terms;

    private FieldSelector(List<Term> terms) {
        this.terms = List.copyOf(terms);
    }

    /** Selects every object. */
    public static FieldSelector everything() {
        return EVERYTHING;
    }

    /**
     * Reads a selector; empty text selects everything. A backslash in a value escapes {@code \}, {@code ,} and {@code =}.
     *
     * @throws SelectorException if a term is not {@code field=value}, {@code field==value} or {@code field!=value}, or the kind
     *     does not offer the field
     */
    public static FieldSelector parse(Kind kind, String text) {
        FieldSelector selector = ofAnyKind(text);
        return new FieldSelector(
                selector.terms.stream().map(term -> offered(kind, term)).toList());
    }

    /**
     * Reads a selector of objects whose kind is not known: any field may stand in it.
     *
     * @throws SelectorException as {@link #parse}
     */
    public static FieldSelector ofAnyKind(String text) {
        List<Term> terms = new ArrayList<>();
        for (String part : split(text)) {
            if (!part.isEmpty()) {
                terms.add(term(part));
            }
        }
        return terms.isEmpty() ? EVERYTHING : new FieldSelector(terms);
    }

    /** Commas part the terms, unless a backslash stands before. */
    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.charAt(i) == ',') {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }

    /** Kinds that offer fields of their own, and custom ones, refuse what they do not offer in other words than all others. */
    private static Term offered(Kind kind, Term term) {
        Map<String, String> fields = kind.strategy().fields();
        boolean own = !fields.isEmpty() || kind.custom().isPresent();
        boolean offered = term.field().equals("metadata.name")
                || (term.field().equals("metadata.namespace") && (kind.namespaced() || !own))
                || fields.containsKey(term.field());
        if (!offered) {
            throw new SelectorException(
                    own
                            ? "field label not supported: " + term.field()
                            : Json.quoted(term.field())
                                    + " is not a known field selector: only \"metadata.name\", \"metadata.namespace\"");
        }
        return new Term(term.field(), term.equal(), term.value(), fields.getOrDefault(term.field(), ""));
    }

    private static Term term(String part) {
        int at = part.indexOf('=');
        if (at <= 0) {
            throw new SelectorException("invalid selector: '" + part + "'; can't understand '" + part + "'");
        }
        boolean equal = part.charAt(at - 1) != '!';
        String field = part.substring(0, equal ? at : at - 1);
        String value = part.substring(part.startsWith("==", at) ? at + 2 : at + 1);
        return new Term(field, equal, unescape(value), "");
    }

    private static String unescape(String value) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\\') {
                i++;
                if (i == value.length() || "\\,=".indexOf(value.charAt(i)) < 0) {
                    throw new SelectorException("invalid field selector: invalid escape sequence in \"" + value + "\"");
                }
                plain.append(value.charAt(i));
            } else if (c == '=') {
                throw new SelectorException("invalid field selector: unescaped = in \"" + value + "\"");
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }

    private static String escape(String value) {
        return value.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\=");
    }

    /** The conditions, all of which must hold. */
    public List<Term> terms() {
        return terms;
    }

    /** Whether this selects every object. */
    public boolean isEverything() {
        return terms.isEmpty();
    }

    /** The value that a field must have for an object to be selected, if the selector says so. */
    public Optional<String> required(String field) {
        return terms.stream()
                .filter(term -> term.equal() && term.field().equals(field))
                .map(Term::value)
                .findFirst();
    }

    /** Whether the object meets all conditions. */
    public boolean matches(ObjectNode object) {
        Map<String, String> values = new HashMap<>();
        return terms.stream()
                .allMatch(term -> term.equal()
                        == values.computeIfAbsent(term.field(), _ -> term.of(object))
                                .equals(term.value()));
    }

    @Override
    public String toString() {
        return String.join(
                ",",
                terms.stream()
                        .map(term -> term.field() + (term.equal() ? "=" : "!=") + escape(term.value()))
                        .toList());
    }
}
