package io.keelson.orchestrator.kind;

/**
 * A field that does not fit the schema of its kind.
 *
 * @param reason in which way
 * @param path where, such as {@code spec.template.spec.containers[0].imagee}
 * @param message the whole in words, such as {@code unknown field "spec.foo"}
 */
public record FieldError(Reason reason, String path, String message) {

    /** In which way a field does not fit. */
    public enum Reason {
        /** The schema has no such field. */
        UNKNOWN,
        /** The object has the field twice. */
        DUPLICATE,
        /** The value is of another type than the schema says. Such an object cannot be used, whatever validation is asked for. */
        WRONG_TYPE
    }

    /** A field that the schema does not have. */
    public static FieldError unknown(String path) {
        return new FieldError(Reason.UNKNOWN, path, "unknown field \"" + path + "\"");
    }

    static FieldError duplicate(String path) {
        return new FieldError(Reason.DUPLICATE, path, "duplicate field \"" + path + "\"");
    }

    /** The same of a text that names fields by lines, or counts operations. */
    public static FieldError inText(Reason reason, String message) {
        return new FieldError(reason, "", message);
    }

    static FieldError wrongType(String path, String expected, String found) {
        return new FieldError(
                Reason.WRONG_TYPE, path, "field \"" + path + "\" must be " + expected + ", but is " + found);
    }
}
