package io.keelson.orchestrator.api;

/** In which language a patch is written. */
public enum PatchType {
    /** RFC 7386. */
    MERGE,
    /** Kubernetes' merge, which knows by what lists merge. */
    STRATEGIC,
    /** RFC 6902; the patch is a list. */
    JSON
}
