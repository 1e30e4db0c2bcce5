package io.keelson.orchestrator.kind;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A row of the table of kinds as it is written down. */
public final class KindBuilder {

    private final String group;
    private final String version;
    private final String kind;
    private final String resource;
    private String singular;
    private List<String> shortNames = List.of();
    private List<String> categories = List.of();
    private boolean namespaced = true;
    private Set<String> subresources = Set.of();
    private List<String> verbs = Kind.ALL_VERBS;
    private Optional<Kind> storedAs = Optional.empty();
    private Strategy strategy = Strategy.PLAIN;
    private Optional<Custom> custom = Optional.empty();

    KindBuilder(String group, String version, String kind, String resource) {
        this.group = group;
        this.version = version;
        this.kind = kind;
        this.resource = resource;
        this.singular = kind.toLowerCase(Locale.ROOT);
    }

    /** The name for one, if it is not the kind in small letters. */
    public KindBuilder singular(String name) {
        this.singular = name;
        return this;
    }

    /** What people type. */
    public KindBuilder shortNames(String... names) {
        this.shortNames = List.of(names);
        return this;
    }

    /** Groups of kinds that people ask for at once. */
    public KindBuilder categories(String... names) {
        this.categories = List.of(names);
        return this;
    }

    /** Objects are in no namespace. */
    public KindBuilder clusterScoped() {
        this.namespaced = false;
        return this;
    }

    /** What is below an object. */
    public KindBuilder subresources(String... names) {
        this.subresources = Set.of(names);
        return this;
    }

    /** What can be done with objects, if that is not all. */
    public KindBuilder verbs(String... names) {
        this.verbs = List.of(names);
        return this;
    }

    /** In which other version objects are stored. */
    public KindBuilder storedAs(Kind stored) {
        this.storedAs = Optional.of(stored);
        return this;
    }

    /** How objects behave. */
    public KindBuilder strategy(Strategy how) {
        this.strategy = how;
        return this;
    }

    /** It is defined at run time. */
    public KindBuilder custom(Custom definition) {
        this.custom = Optional.of(definition);
        return this;
    }

    /** The row. */
    public Kind build() {
        return new Kind(
                group,
                version,
                kind,
                resource,
                singular,
                shortNames,
                categories,
                namespaced,
                subresources,
                verbs,
                storedAs,
                strategy,
                custom);
    }
}
