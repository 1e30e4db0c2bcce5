package io.keelson.cli.store;

import java.util.Locale;
import java.util.Set;

/**
 * One of etcd's flags.
 *
 * @param name without dashes
 * @param kind how its value is written
 * @param standard etcd's default, or ours where the help says so; empty for none
 * @param group where the help shows it
 * @param meaning what it does here
 * @param help one sentence
 */
record Flag(String name, Kind kind, String standard, Group group, Meaning meaning, String help) {

    /** How a value is written. */
    enum Kind {
        TEXT("text"),
        BOOLEAN("true or false"),
        COUNT("a whole number from 0 on"),
        NUMBER("a whole number"),
        DURATION("a time such as 10m, 1h30m or 500ms"),
        URLS("URLs such as http://127.0.0.1:2379, separated by commas");

        private final String expected;

        Kind(String expected) {
            this.expected = expected;
        }

        /** In words, for who wrote something else. */
        String expected() {
            return expected;
        }
    }

    /** The chapters of the help. */
    enum Group {
        MEMBER("Member"),
        CLUSTERING("Clustering"),
        SECURITY("Security"),
        AUTH("Auth"),
        MONITORING("Profiling and Monitoring"),
        LOGGING("Logging"),
        FEATURES("Features"),
        UNSAFE("Unsafe feature"),
        GONE("Of older etcd");

        private final String title;

        Group(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    /** What a flag does here. */
    sealed interface Meaning {

        /** What it does in etcd. */
        record Works() implements Meaning {}

        /** Nothing, and no harm comes from that: any value is taken, with one line that says why. */
        record Idle(String why) implements Meaning {}

        /** Nothing, so only values that ask for what is anyhow the case are taken; others are refused for this reason. */
        record Only(Set<String> values, String why) implements Meaning {}
    }

    /** etcd's name for it as a variable. */
    String variable() {
        return "ETCD_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** As it is typed. */
    String dashed() {
        return "--" + name;
    }
}
