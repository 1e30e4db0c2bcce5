package io.keelson.orchestrator.cel;

import java.util.Map;

/** What an expression may know of a value: its type, and how large it can be, from which costs are estimated. */
public sealed interface Type {

    /** The most that a list, map or text can hold if nothing else is said: a request of 3 MiB holds no more. */
    long MOST = 3L * 1024 * 1024;

    /** Types without parts. */
    enum Basic implements Type {
        /** true or false. */
        BOOL,
        /** A whole number of 64 bits. */
        INT,
        /** A number with a fraction. */
        DOUBLE,
        /** A point in time. */
        TIMESTAMP,
        /** A span of time. */
        DURATION,
        /** Whom one can ask who may do what: {@link Authorizer#value}. */
        AUTHORIZER,
        /** The same about certain objects: {@link Authorizer#about}. */
        RESOURCE_CHECK,
        /** Anything; checked only when it is evaluated. */
        DYN
    }

    /**
     * Text.
     *
     * @param max its length at most, in code points
     */
    record Text(long max) implements Type {}

    /**
     * Bytes.
     *
     * @param max how many at most
     */
    record Bytes(long max) implements Type {}

    /**
     * A list.
     *
     * @param items the type of each
     * @param max how many at most
     */
    record ListOf(Type items, long max) implements Type {}

    /**
     * A map whose keys are text.
     *
     * @param values the type of each value
     * @param max how many entries at most
     */
    record MapOf(Type values, long max) implements Type {}

    /**
     * An object with known fields.
     *
     * @param name unique within an environment
     * @param fields by the name that a JSON object has; expressions use {@link FieldNames#escape}
     */
    record ObjectOf(String name, Map<String, Type> fields) implements Type {}

    /**
     * A value that may be absent, with {@code hasValue()} and {@code value()}.
     *
     * @param value its type if it is there
     */
    record OptionalOf(Type value) implements Type {}

    /** Any text. */
    static Type text() {
        return new Text(MOST);
    }
}
