package io.keelson.orchestrator.fields;

import java.util.Comparator;

/**
 * Who owns fields: a name does not own by update what it owns by apply, and through each subresource owns by itself.
 *
 * @param name what the writer calls itself
 * @param operation by which the fields were set
 * @param apiVersion in which they were set; empty for an apply, which stays the same owner in whichever version it speaks
 * @param subresource through which they were set, empty for the object itself
 */
public record Manager(String name, Operation operation, String apiVersion, String subresource)
        implements Comparable<Manager> {

    private static final Comparator<Manager> ORDER = Comparator.comparing(Manager::name)
            .thenComparing(Manager::operation)
            .thenComparing(Manager::apiVersion)
            .thenComparing(Manager::subresource);

    /** How fields come to be owned. */
    public enum Operation {
        /** By an apply: all that was applied. */
        APPLY("Apply"),
        /** By any other write: all that it changed. */
        UPDATE("Update");

        private final String word;

        Operation(String word) {
            this.word = word;
        }

        /** The value of {@code operation} in {@code metadata.managedFields}. */
        public String word() {
            return word;
        }
    }

    /** One who applies. */
    public static Manager applying(String name, String subresource) {
        return new Manager(name, Operation.APPLY, "", subresource);
    }

    /** One who writes in another way. */
    public static Manager updating(String name, String apiVersion, String subresource) {
        return new Manager(name, Operation.UPDATE, apiVersion, subresource);
    }

    @Override
    public int compareTo(Manager other) {
        return ORDER.compare(this, other);
    }

    /** In Kubernetes' words: {@code "kubectl" using apps/v1}. */
    @Override
    public String toString() {
        String through = subresource.isEmpty() ? "" : " with subresource \"" + subresource + "\"";
        String version = operation == Operation.UPDATE ? " using " + apiVersion : "";
        return "\"" + name + "\"" + through + version;
    }
}
