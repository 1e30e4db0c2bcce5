package io.keelson.orchestrator.kind;

/**
 * One reason why an object is invalid: an entry of {@code status.details.causes}.
 *
 * @param reason Kubernetes' machine-readable reason, such as {@code FieldValueRequired}
 * @param field the path of the field, such as {@code spec.containers[0].image}
 * @param message what is wrong, without the path: {@code Required value}, {@code Invalid value: "x": must be ...}
 */
public record Cause(String reason, String field, String message) {

    /** A field that must be there and is not; {@code why} may be empty. */
    public static Cause required(String field, String why) {
        return new Cause("FieldValueRequired", field, "Required value" + (why.isEmpty() ? "" : ": " + why));
    }

    /** A value that may not be; {@code value} as JSON, so that text is in quotes. */
    public static Cause invalid(String field, String value, String why) {
        return new Cause("FieldValueInvalid", field, "Invalid value: " + value + ": " + why);
    }

    /** A value that is not one of a few; {@code supported} in the order in which to show them. */
    public static Cause notSupported(String field, String value, Iterable<String> supported) {
        StringBuilder values = new StringBuilder();
        supported.forEach(each ->
                values.append(values.isEmpty() ? "\"" : ", \"").append(each).append('"'));
        return new Cause(
                "FieldValueNotSupported", field, "Unsupported value: " + value + ": supported values: " + values);
    }

    /** A value that is there twice. */
    public static Cause duplicate(String field, String value) {
        return new Cause("FieldValueDuplicate", field, "Duplicate value: " + value);
    }

    /** A list with more items than it may have. */
    public static Cause tooMany(String field, int items, int most) {
        return new Cause("FieldValueTooMany", field, "Too many: " + items + ": must have at most " + most + " items");
    }

    /** A field that may not be there. */
    public static Cause forbidden(String field, String why) {
        return new Cause("FieldValueForbidden", field, "Forbidden: " + why);
    }

    /** A value that is longer than it may be, in bytes. */
    public static Cause tooLong(String field, int maxBytes) {
        return new Cause("FieldValueTooLong", field, "Too long: may not be more than " + maxBytes + " bytes");
    }

    /** A field that cannot be judged. */
    public static Cause internal(String field, String why) {
        return new Cause("InternalError", field, "Internal error: " + why);
    }

    /** Field and message, as Kubernetes joins them in the message of a Status. */
    @Override
    public String toString() {
        return field + ": " + message;
    }
}
