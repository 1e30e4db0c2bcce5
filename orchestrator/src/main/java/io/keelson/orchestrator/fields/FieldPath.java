package io.keelson.orchestrator.fields;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The way from an object to a part of it; empty for the object itself.
 *
 * @param elements the steps from the object
 */
public record FieldPath(List<PathElement> elements) {

    /** The object itself. */
    public static final FieldPath ROOT = new FieldPath(List.of());

    /** Keeps its own copy of the steps. */
    public FieldPath {
        elements = List.copyOf(elements);
    }

    /** A path of field names. */
    public static FieldPath of(String... names) {
        return new FieldPath(
                Stream.of(names).<PathElement>map(PathElement.Name::new).toList());
    }

    /** One step further. */
    public FieldPath then(PathElement element) {
        return new FieldPath(
                Stream.concat(elements.stream(), Stream.of(element)).toList());
    }

    /** As Kubernetes shows it: {@code .spec.template.spec.containers[name="web"].image}. */
    @Override
    public String toString() {
        return elements.stream().map(PathElement::toString).collect(Collectors.joining());
    }
}
