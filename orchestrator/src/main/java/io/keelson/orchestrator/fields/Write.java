package io.keelson.orchestrator.fields;

/**
 * One write, as far as ownership is concerned.
 *
 * @param manager who writes, how and through what
 * @param apiVersion in which it names fields
 * @param scope which fields can be written this way
 * @param time when, in RFC 3339 form with seconds
 * @param custom whether the kind was defined at run time: of an object that nobody has written there is nothing then, while one of a built-in kind has
 *     its containers, which so are no one's
 */
public record Write(Manager manager, String apiVersion, Scope scope, String time, boolean custom) {

    /** A write of an object of a built-in kind. */
    public Write(Manager manager, String apiVersion, Scope scope, String time) {
        this(manager, apiVersion, scope, time, false);
    }
}
