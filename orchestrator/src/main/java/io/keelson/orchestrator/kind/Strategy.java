package io.keelson.orchestrator.kind;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/**
 * How the objects of a kind behave: the part of a row of the table of kinds that is code. Every function is pure but for the object that
 * it is given to change.
 *
 * @param counted whether {@code metadata.generation} counts the changes of what is wished
 * @param guarded whether who replaces an object must say which revision it has seen
 * @param statusAtCreation whether the creator says the status too, as an agent does that registers its node
 * @param nameProblems what is wrong with a name, empty if nothing
 * @param initial puts into a new object what the system says, before defaults
 * @param defaults puts values where nobody said anything; twice is as once
 * @param check finds what does not make sense
 * @param printer how objects become rows of tables
 * @param fields what a field selector may ask besides name and namespace, with what an absent field counts as
 * @param shape the form of objects
 * @param conversion from and to the version that is stored
 * @param advice what the writer of an object is warned of
 * @param deprecation what everybody is warned of who asks for objects; empty if nothing
 */
public record Strategy(
        boolean counted,
        boolean guarded,
        boolean statusAtCreation,
        Function<String, List<String>> nameProblems,
        Consumer<ObjectNode> initial,
        Consumer<ObjectNode> defaults,
        Check check,
        Printer printer,
        Map<String, String> fields,
        Function<Kind, Shape> shape,
        Conversion conversion,
        Advice advice,
        String deprecation) {

    /** A kind about which nothing is special. */
    public static final Strategy PLAIN = new Strategy(
            false,
            false,
            false,
            Names::dns1123SubdomainProblems,
            _ -> {},
            _ -> {},
            (_, _, _) -> {},
            Printers.ANY,
            Map.of(),
            Schema::builtIn,
            Conversion.RELABEL,
            Advice.NONE,
            "");

    /** Keeps its own copy of the fields. */
    public Strategy {
        fields = Map.copyOf(fields);
    }

    /** Finds what is wrong with an object that has its default values already. */
    @FunctionalInterface
    public interface Check {

        /**
         * Notes what is wrong.
         *
         * @param live the object as it is stored, for an update; empty for a create
         * @param incoming the object as it shall be
         */
        void check(Optional<ObjectNode> live, ObjectNode incoming, Causes causes);
    }

    /** The same, with a generation. */
    public Strategy withGeneration() {
        return new Strategy(
                true,
                guarded,
                statusAtCreation,
                nameProblems,
                initial,
                defaults,
                check,
                printer,
                fields,
                shape,
                conversion,
                advice,
                deprecation);
    }

    /** The same, replaced only by who says which revision it has seen: of these kinds Kubernetes does not let the last writer win. */
    public Strategy withGuard() {
        return new Strategy(
                counted,
                true,
                statusAtCreation,
                nameProblems,
                initial,
                defaults,
                check,
                printer,
                fields,
                shape,
                conversion,
                advice,
                deprecation);
    }

    /** The same, with the status said by the creator. */
    public Strategy withStatusAtCreation() {
        return new Strategy(
                counted,
                guarded,
                true,
                nameProblems,
                initial,
                defaults,
                check,
                printer,
                fields,
                shape,
                conversion,
                advice,
                deprecation);
    }

    /** The same, with other rules for names. */
    public Strategy withNames(Function<String, List<String>> rule) {
        return new Strategy(
                counted,
                guarded,
                statusAtCreation,
                rule,
                initial,
                defaults,
                check,
                printer,
                fields,
                shape,
                conversion,
                advice,
                deprecation);
    }

    /** The same, beginning otherwise. */
    public Strategy withInitial(Consumer<ObjectNode> state) {
        return new Strategy(
                counted,
                guarded,
                statusAtCreation,
                nameProblems,
                state,
                defaults,
                check,
                printer,
                fields,
                shape,
                conversion,
                advice,
                deprecation);
    }

    /** The same, with other default values. */
    public Strategy withDefaults(Consumer<ObjectNode> values) {
        return new Strategy(
                counted,
                guarded,
                statusAtCreation,
                nameProblems,
                initial,
                values,
                check,
                printer,
                fields,
                shape,
                conversion,
                advice,
                deprecation);
    }

    /** The same, checked otherwise. */
    public Strategy withCheck(Check rule) {
        return new Strategy(
                counted,
                guarded,
                statusAtCreation,
                nameProblems,
                initial,
                defaults,
                rule,
                printer,
                fields,
                shape,
                conversion,
                advice,
                deprecation);
    }

    /** The same, printed otherwise. */
    public Strategy withPrinter(Printer columns) {
        return new Strategy(
                counted,
                guarded,
                statusAtCreation,
                nameProblems,
                initial,
                defaults,
                check,
                columns,
                fields,
                shape,
                conversion,
                advice,
                deprecation);
    }

    /** The same, with fields to select by, whose absence counts as the empty text. */
    public Strategy withFields(String... names) {
        Map<String, String> more = new HashMap<>(fields);
        for (String name : names) {
            more.put(name, "");
        }
        return new Strategy(
                counted,
                guarded,
                statusAtCreation,
                nameProblems,
                initial,
                defaults,
                check,
                printer,
                more,
                shape,
                conversion,
                advice,
                deprecation);
    }

    /** The same, with a field to select by, and what its absence counts as. */
    public Strategy withField(String name, String absent) {
        Map<String, String> more = new HashMap<>(fields);
        more.put(name, absent);
        return new Strategy(
                counted,
                guarded,
                statusAtCreation,
                nameProblems,
                initial,
                defaults,
                check,
                printer,
                more,
                shape,
                conversion,
                advice,
                deprecation);
    }

    /** The same, of another form. */
    public Strategy withShape(Function<Kind, Shape> form) {
        return new Strategy(
                counted,
                guarded,
                statusAtCreation,
                nameProblems,
                initial,
                defaults,
                check,
                printer,
                fields,
                form,
                conversion,
                advice,
                deprecation);
    }

    /** The same, stored in another form. */
    public Strategy withConversion(Conversion other) {
        return new Strategy(
                counted,
                guarded,
                statusAtCreation,
                nameProblems,
                initial,
                defaults,
                check,
                printer,
                fields,
                shape,
                other,
                advice,
                deprecation);
    }

    /** The same, with advice to writers. */
    public Strategy withAdvice(Advice what) {
        return new Strategy(
                counted,
                guarded,
                statusAtCreation,
                nameProblems,
                initial,
                defaults,
                check,
                printer,
                fields,
                shape,
                conversion,
                what,
                deprecation);
    }

    /** The same, to be used no more. */
    public Strategy withDeprecation(String warning) {
        return new Strategy(
                counted,
                guarded,
                statusAtCreation,
                nameProblems,
                initial,
                defaults,
                check,
                printer,
                fields,
                shape,
                conversion,
                advice,
                warning);
    }
}
