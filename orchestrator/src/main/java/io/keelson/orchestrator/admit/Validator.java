package io.keelson.orchestrator.admit;

/** A plugin that judges what is to be stored. */
@FunctionalInterface
interface Validator {

    /** What it says. */
    Verdict validate(Request request, Facts facts);
}
