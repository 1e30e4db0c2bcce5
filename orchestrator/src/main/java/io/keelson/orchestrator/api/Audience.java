package io.keelson.orchestrator.api;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The watches of one resource. Those that ask for one value of a {@link Trait}, such as pods of one node, are found by the values that a
 * change has, so that a change costs as much as it concerns watches, and not as there are. Of the hub, under its lock.
 */
final class Audience {

    private final Set<Subscription<?>> unmarked = new LinkedHashSet<>();
    private final Map<Trait, Map<String, Set<Subscription<?>>>> marked = new HashMap<>();

    void add(Subscription<?> watch) {
        Optional<Interest.Mark> mark = watch.interest().mark();
        if (mark.isEmpty()) {
            unmarked.add(watch);
            return;
        }
        Map<String, Set<Subscription<?>>> byValue =
                marked.computeIfAbsent(mark.get().trait(), _ -> new HashMap<>());
        for (String value : mark.get().values()) {
            byValue.computeIfAbsent(value, _ -> new LinkedHashSet<>()).add(watch);
        }
    }

    void remove(Subscription<?> watch) {
        unmarked.remove(watch);
        watch.interest()
                .mark()
                .ifPresent(mark -> marked.computeIfPresent(mark.trait(), (_, byValue) -> {
                    for (String value : mark.values()) {
                        byValue.computeIfPresent(value, (_, watches) -> {
                            watches.remove(watch);
                            return watches.isEmpty() ? null : watches;
                        });
                    }
                    return byValue.isEmpty() ? null : byValue;
                }));
    }

    boolean isEmpty() {
        return unmarked.isEmpty() && marked.isEmpty();
    }

    /** All of them, each once or more. */
    Stream<Subscription<?>> all() {
        return Stream.concat(
                unmarked.stream(),
                marked.values().stream()
                        .flatMap(byValue -> byValue.values().stream().flatMap(Set::stream)));
    }

    /** Each that a change may concern, once. */
    Collection<Subscription<?>> of(KeyChange change) {
        if (marked.isEmpty()) {
            return unmarked;
        }
        Set<Subscription<?>> concerned = new LinkedHashSet<>(unmarked);
        marked.forEach((trait, byValue) -> {
            Optional<Set<String>> values = trait.of(change);
            if (values.isEmpty()) {
                byValue.values().forEach(concerned::addAll);
            } else {
                values.get().forEach(value -> concerned.addAll(byValue.getOrDefault(value, Set.of())));
            }
        });
        return concerned;
    }
}
