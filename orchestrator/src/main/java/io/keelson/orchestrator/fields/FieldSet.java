package io.keelson.orchestrator.fields;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A set of fields, as a tree of their paths. That a field is in the set says nothing about its parts, or about what it is a part of.
 * Immutable; what two operations have in common they share.
 */
public final class FieldSet {

    /** No field. */
    public static final FieldSet EMPTY = new FieldSet(false, Map.of());

    private static final FieldSet ITSELF = new FieldSet(true, Map.of());

    /** Whether the field at which this node of the tree stands is in the set. */
    private final boolean member;

    /** The nodes one step further; none of them is empty. */
    private final Map<PathElement, FieldSet> below;

    private FieldSet(boolean member, Map<PathElement, FieldSet> below) {
        this.member = member;
        this.below = below;
    }

    /** A node of a tree; the map is not copied and must not change any more. */
    static FieldSet node(boolean member, Map<PathElement, FieldSet> below) {
        if (below.isEmpty()) {
            return member ? ITSELF : EMPTY;
        }
        return new FieldSet(member, below);
    }

    /** The set of these fields. */
    public static FieldSet of(FieldPath... paths) {
        return of(List.of(paths));
    }

    /** The set of these fields; an object as a whole cannot be in a set, its path is left out. */
    public static FieldSet of(Collection<FieldPath> paths) {
        FieldSet set = EMPTY;
        for (FieldPath path : paths) {
            FieldSet one = path.elements().isEmpty() ? EMPTY : ITSELF;
            for (PathElement element : path.elements().reversed()) {
                one = new FieldSet(false, Map.of(element, one));
            }
            set = set.union(one);
        }
        return set;
    }

    /** Whether there is no field in it. */
    public boolean isEmpty() {
        return !member && below.isEmpty();
    }

    /** How many fields are in it. */
    public int size() {
        int size = member ? 1 : 0;
        for (FieldSet child : below.values()) {
            size += child.size();
        }
        return size;
    }

    /** Whether a field is in it. */
    public boolean has(FieldPath path) {
        FieldSet node = this;
        for (PathElement element : path.elements()) {
            node = node.below(element);
        }
        return node.member;
    }

    /** Whether the field at which this set begins is in it; never for a set of an object's fields. */
    boolean member() {
        return member;
    }

    /** The fields that begin with this step, without it. */
    FieldSet below(PathElement element) {
        return below.getOrDefault(element, EMPTY);
    }

    /** The steps with which fields begin, in Kubernetes' order. */
    List<PathElement> sortedElements() {
        return below.keySet().stream().sorted().toList();
    }

    Set<PathElement> elements() {
        return below.keySet();
    }

    /** The fields in it, in Kubernetes' order: of each level first the fields, then their parts. */
    public List<FieldPath> paths() {
        List<FieldPath> paths = new ArrayList<>();
        collect(FieldPath.ROOT, paths);
        return paths;
    }

    private void collect(FieldPath at, List<FieldPath> into) {
        List<PathElement> sorted = sortedElements();
        sorted.stream().filter(element -> below(element).member).forEach(element -> into.add(at.then(element)));
        sorted.forEach(element -> below(element).collect(at.then(element), into));
    }

    /** The fields that are in one or the other. */
    public FieldSet union(FieldSet other) {
        if (other.isEmpty()) {
            return this;
        }
        if (isEmpty()) {
            return other;
        }
        Map<PathElement, FieldSet> nodes = new HashMap<>(below);
        other.below.forEach((element, child) -> nodes.merge(element, child, FieldSet::union));
        return node(member || other.member, nodes);
    }

    /** The fields that are in both. */
    public FieldSet intersection(FieldSet other) {
        Map<PathElement, FieldSet> nodes = new HashMap<>();
        below.forEach((element, child) -> putUnlessEmpty(nodes, element, child.intersection(other.below(element))));
        return node(member && other.member, nodes);
    }

    /** The fields that are in this, but not in the other. */
    public FieldSet difference(FieldSet other) {
        if (other.isEmpty()) {
            return this;
        }
        Map<PathElement, FieldSet> nodes = new HashMap<>();
        below.forEach((element, child) -> putUnlessEmpty(nodes, element, child.difference(other.below(element))));
        return node(member && !other.member, nodes);
    }

    /** Without the fields that are in the other, and without all their parts. */
    public FieldSet withoutTrees(FieldSet other) {
        Map<PathElement, FieldSet> nodes = new HashMap<>();
        below.forEach((element, child) -> {
            FieldSet without = other.below(element);
            if (!without.member) {
                putUnlessEmpty(nodes, element, child.withoutTrees(without));
            }
        });
        return node(member, nodes);
    }

    /** Only the fields that are in the other, and all their parts. */
    public FieldSet onlyTrees(FieldSet other) {
        Map<PathElement, FieldSet> nodes = new HashMap<>();
        below.forEach((element, child) -> {
            FieldSet only = other.below(element);
            putUnlessEmpty(nodes, element, only.member ? child : child.onlyTrees(only));
        });
        return node(false, nodes);
    }

    static void putUnlessEmpty(Map<PathElement, FieldSet> nodes, PathElement element, FieldSet child) {
        if (!child.isEmpty()) {
            nodes.put(element, child);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FieldSet that && member == that.member && below.equals(that.below);
    }

    @Override
    public int hashCode() {
        return below.hashCode() * 31 + Boolean.hashCode(member);
    }

    /** One field a line. */
    @Override
    public String toString() {
        return paths().stream().map(FieldPath::toString).collect(Collectors.joining("\n"));
    }
}
