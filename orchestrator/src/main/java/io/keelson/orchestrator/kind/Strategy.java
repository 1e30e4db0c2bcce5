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
 * @param orphans if what an object owns stays when it is deleted by who says nothing of that: what that one is told, or the empty text
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
        Optional<String> orphans,
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
            Optional.empty(),
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
        return changed(draft -> draft.counted = true);
    }

    /** The same, replaced only by who says which revision it has seen: of these kinds Kubernetes does not let the last writer win. */
    public Strategy withGuard() {
        return changed(draft -> draft.guarded = true);
    }

    /** The same, with the status said by the creator. */
    public Strategy withStatusAtCreation() {
        return changed(draft -> draft.statusAtCreation = true);
    }

    /** The same, leaving behind what an object owns, unless who deletes it says otherwise; who says nothing is told this, if it is not empty. */
    public Strategy withOrphans(String warning) {
        return changed(draft -> draft.orphans = Optional.of(warning));
    }

    /** The same, with other rules for names. */
    public Strategy withNames(Function<String, List<String>> rule) {
        return changed(draft -> draft.nameProblems = rule);
    }

    /** The same, beginning otherwise. */
    public Strategy withInitial(Consumer<ObjectNode> state) {
        return changed(draft -> draft.initial = state);
    }

    /** The same, with other default values. */
    public Strategy withDefaults(Consumer<ObjectNode> values) {
        return changed(draft -> draft.defaults = values);
    }

    /** The same, checked otherwise. */
    public Strategy withCheck(Check rule) {
        return changed(draft -> draft.check = rule);
    }

    /** The same, printed otherwise. */
    public Strategy withPrinter(Printer columns) {
        return changed(draft -> draft.printer = columns);
    }

    /** The same, with fields to select by, whose absence counts as the empty text. */
    public Strategy withFields(String... names) {
        Map<String, String> more = new HashMap<>(fields);
        for (String name : names) {
            more.put(name, "");
        }
        return changed(draft -> draft.fields = more);
    }

    /** The same, with a field to select by, and what its absence counts as. */
    public Strategy withField(String name, String absent) {
        Map<String, String> more = new HashMap<>(fields);
        more.put(name, absent);
        return changed(draft -> draft.fields = more);
    }

    /** The same, of another form. */
    public Strategy withShape(Function<Kind, Shape> form) {
        return changed(draft -> draft.shape = form);
    }

    /** The same, stored in another form. */
    public Strategy withConversion(Conversion other) {
        return changed(draft -> draft.conversion = other);
    }

    /** The same, with advice to writers. */
    public Strategy withAdvice(Advice what) {
        return changed(draft -> draft.advice = what);
    }

    /** The same, to be used no more. */
    public Strategy withDeprecation(String warning) {
        return changed(draft -> draft.deprecation = warning);
    }

    private Strategy changed(Consumer<Draft> change) {
        var draft = new Draft(this);
        change.accept(draft);
        return draft.strategy();
    }

    /** The parts of a strategy, to be replaced by name. */
    private static final class Draft {
        private boolean counted;
        private boolean guarded;
        private boolean statusAtCreation;
        private Optional<String> orphans;
        private Function<String, List<String>> nameProblems;
        private Consumer<ObjectNode> initial;
        private Consumer<ObjectNode> defaults;
        private Check check;
        private Printer printer;
        private Map<String, String> fields;
        private Function<Kind, Shape> shape;
        private Conversion conversion;
        private Advice advice;
        private String deprecation;

        Draft(Strategy from) {
            counted = from.counted;
            guarded = from.guarded;
            statusAtCreation = from.statusAtCreation;
            orphans = from.orphans;
            nameProblems = from.nameProblems;
            initial = from.initial;
            defaults = from.defaults;
            check = from.check;
            printer = from.printer;
            fields = from.fields;
            shape = from.shape;
            conversion = from.conversion;
            advice = from.advice;
            deprecation = from.deprecation;
        }

        Strategy strategy() {
            return new Strategy(
                    counted,
                    guarded,
                    statusAtCreation,
                    orphans,
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
    }
}
