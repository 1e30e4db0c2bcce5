package io.keelson.orchestrator.custom;

import io.keelson.orchestrator.kind.Conversion;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.KindBuilder;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Schema;
import io.keelson.orchestrator.kind.Shape;
import io.keelson.orchestrator.kind.Strategy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The kinds that definitions define, as rows of the table of kinds. Immutable; {@link #next} makes those of other definitions, and
 * compiles only what has changed.
 */
public final class DefinedKinds {

    /** A definition, with the revision at which it was stored. */
    public record Source(ObjectNode object, long revision) {}

    /** How objects come from one version to another where a definition names a webhook. */
    @FunctionalInterface
    public interface Webhooks {

        /** The conversion of the kind that this definition defines. */
        Conversion conversion(Definition definition, Definition.Conversion.Webhook webhook);
    }

    /** The rules of each version of a definition, compiled; good as long as its spec is the same. */
    private record CompiledRules(JsonNode spec, Map<String, RuleSet> byVersion) {}

    private final Webhooks webhooks;
    private final Map<String, CompiledRules> compiled;
    private final Map<String, Long> revisions;
    private final Kinds kinds;

    private DefinedKinds(
            Webhooks webhooks, Map<String, CompiledRules> compiled, Map<String, Long> revisions, Kinds kinds) {
        this.webhooks = webhooks;
        this.compiled = compiled;
        this.revisions = revisions;
        this.kinds = kinds;
    }

    /** No definitions: the table holds what is part of Keelson alone. */
    public static DefinedKinds none(Webhooks webhooks) {
        return new DefinedKinds(webhooks, Map.of(), Map.of(), new Kinds(builtIn()));
    }

    private static List<Kind> builtIn() {
        return Kinds.builtIn().all().stream()
                .map(kind -> kind.equals(Kinds.CUSTOM_RESOURCE_DEFINITION) ? DefinitionKind.row(kind) : kind)
                .toList();
    }

    /** The whole table. */
    public Kinds kinds() {
        return kinds;
    }

    /** The revisions of the definitions that this was made of, by name. */
    public Map<String, Long> revisions() {
        return revisions;
    }

    /** The kinds of these definitions and no others. */
    public DefinedKinds next(Collection<Source> sources) {
        Map<String, CompiledRules> rules = new HashMap<>();
        Map<String, Long> seen = new HashMap<>();
        List<Kind> rows = new ArrayList<>(builtIn());
        for (Source source : sources) {
            Definition definition = Definition.of(source.object());
            seen.put(definition.name(), source.revision());
            CompiledRules mine = compiled(definition, source.object().path("spec"));
            rules.put(definition.name(), mine);
            if (definition.established()) {
                definition
                        .storage()
                        .ifPresent(storage -> rows.addAll(rows(definition, storage, mine, source.revision())));
            }
        }
        return new DefinedKinds(webhooks, Map.copyOf(rules), Map.copyOf(seen), new Kinds(rows));
    }

    private CompiledRules compiled(Definition definition, JsonNode spec) {
        CompiledRules known = compiled.get(definition.name());
        if (known != null && known.spec().equals(spec)) {
            return known;
        }
        Map<String, RuleSet> rules = new HashMap<>();
        for (Definition.Version version : definition.versions()) {
            rules.put(version.name(), RuleSet.compile(version.schema(), "schema", new ArrayList<>()));
        }
        return new CompiledRules(spec, rules);
    }

    private List<Kind> rows(Definition definition, Definition.Version storage, CompiledRules rules, long revision) {
        Conversion conversion = switch (definition.conversion()) {
            case Definition.Conversion.None _ -> Conversion.RELABEL;
            case Definition.Conversion.Webhook webhook -> webhooks.conversion(definition, webhook);
        };
        Kind stored = row(definition, storage, rules, revision, conversion, Optional.empty());
        return definition.versions().stream()
                .filter(Definition.Version::served)
                .sorted(Comparator.comparing(Definition.Version::name, VersionOrder.NEWEST_FIRST))
                .map(version -> version.storage()
                        ? stored
                        : row(definition, version, rules, revision, conversion, Optional.of(stored)))
                .toList();
    }

    private static Kind row(
            Definition definition,
            Definition.Version version,
            CompiledRules rules,
            long revision,
            Conversion conversion,
            Optional<Kind> storedAs) {
        RuleSet own = Optional.ofNullable(rules.byVersion().get(version.name())).orElseThrow();
        CustomKind custom = new CustomKind(definition, version, own, revision);
        Definition.Naming names = definition.accepted();
        Strategy strategy = Strategy.PLAIN
                .withGuard()
                .withGeneration()
                .withDefaults(custom::complete)
                .withCheck(custom::check)
                .withAdvice(CustomKind::finalizers)
                .withPrinter(Columns.printer(version.columns()))
                .withFields(version.selectable().stream()
                        .map(path -> String.join(".", path.fields()))
                        .toArray(String[]::new))
                .withShape(kind -> Shapes.of(
                        version.schema(), definition.group() + "." + version.name() + "." + names.kind(), metadata()))
                .withConversion(conversion);
        KindBuilder row = Kind.named(definition.group(), version.name(), names.kind(), names.plural())
                .singular(names.singular())
                .shortNames(names.shortNames().toArray(String[]::new))
                .categories(names.categories().toArray(String[]::new))
                .subresources(subresources(version))
                .strategy(strategy)
                .custom(custom);
        if (!definition.namespaced()) {
            row.clusterScoped();
        }
        storedAs.ifPresent(row::storedAs);
        return row.build();
    }

    private static Shape metadata() {
        return Schema.shape(Kinds.CONFIG_MAP).field("metadata").orElseThrow().shape();
    }

    private static String[] subresources(Definition.Version version) {
        List<String> names = new ArrayList<>();
        if (version.status()) {
            names.add("status");
        }
        version.scale().ifPresent(_ -> names.add("scale"));
        return names.toArray(String[]::new);
    }
}
