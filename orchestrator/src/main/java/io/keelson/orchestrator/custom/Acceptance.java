package io.keelson.orchestrator.custom;

import io.keelson.orchestrator.custom.Definition.Naming;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which names a definition may have: those that no other definition of its group has.
 *
 * @param names what it has from now on
 * @param conflict the reason that not all wishes are met, such as {@code PluralConflict}; empty if all are
 * @param message in words
 */
public record Acceptance(Naming names, String conflict, String message) {

    /** Whether all wishes are met. */
    public boolean all() {
        return conflict.isEmpty();
    }

    /** The names as the status shows them. */
    public ObjectNode json() {
        return names.json();
    }

    /**
     * Judges the names of a definition.
     *
     * @param others all other definitions
     */
    public static Acceptance of(Definition definition, Collection<Definition> others) {
        Set<String> resources = new HashSet<>();
        Set<String> kinds = new HashSet<>();
        for (Definition other : others) {
            if (other.group().equals(definition.group()) && !other.name().equals(definition.name())) {
                Naming taken = other.accepted();
                resources.add(taken.plural());
                resources.add(taken.singular());
                resources.addAll(taken.shortNames());
                kinds.add(taken.kind());
                kinds.add(taken.listKind());
            }
        }
        resources.remove("");
        kinds.remove("");
        Naming wish = definition.spec();
        Naming had = definition.accepted();
        List<String> conflicts = new ArrayList<>();
        List<String> words = new ArrayList<>();
        String plural = judge("Plural", wish.plural(), had.plural(), resources, conflicts, words);
        String singular = judge("Singular", wish.singular(), had.singular(), resources, conflicts, words);
        List<String> shortNames = wish.shortNames();
        for (String name : wish.shortNames()) {
            if (resources.contains(name)) {
                conflicts.add("ShortNamesConflict");
                words.add("\"" + name + "\" is already in use");
                shortNames = had.shortNames();
            }
        }
        String kind = judge("Kind", wish.kind(), had.kind(), kinds, conflicts, words);
        String listKind = judge("ListKind", wish.listKind(), had.listKind(), kinds, conflicts, words);
        return new Acceptance(
                new Naming(plural, singular, kind, listKind, shortNames, wish.categories()),
                conflicts.isEmpty() ? "" : conflicts.getFirst(),
                String.join(", ", words));
    }

    private static String judge(
            String what, String wish, String had, Set<String> taken, List<String> conflicts, List<String> words) {
        if (!taken.contains(wish)) {
            return wish;
        }
        conflicts.add(what + "Conflict");
        words.add("\"" + wish + "\" is already in use");
        return had;
    }
}
