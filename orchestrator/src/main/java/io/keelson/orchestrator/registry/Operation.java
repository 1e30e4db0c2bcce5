package io.keelson.orchestrator.registry;

/** What a request does, in the words of {@code AdmissionReview}. */
public enum Operation {
    /** An object comes into being. */
    CREATE,
    /** An object, or a part of it, changes. */
    UPDATE,
    /** An object is to go. */
    DELETE,
    /** Nothing is written: somebody connects to what runs in an object. */
    CONNECT
}
