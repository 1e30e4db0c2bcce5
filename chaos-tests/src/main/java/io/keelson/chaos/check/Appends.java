package io.keelson.chaos.check;

import io.keelson.chaos.history.Op;
import io.keelson.chaos.history.Request;
import io.keelson.chaos.history.Request.Action;
import io.keelson.chaos.history.Result;
import io.keelson.chaos.history.Result.Body;
import io.keelson.chaos.history.Version;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Lists that are only appended to, judged by values alone, as Elle does: since each list tells its own past, all lists read from a key
 * must be beginnings of the longest; a transaction's appends to several keys must be seen together; and what they say of who came
 * before whom, with what was answered before what was asked, must not go round in a circle.
 *
 * <p>Revisions, which the store itself hands out, are not looked at.
 */
public final class Appends {

    /** The keys of the workload begin so; a value is {@code element,element,...}. */
    public static final String PREFIX = "append/";

    /** A list that somebody saw, in one transaction together with others. */
    private record Seen(Op op, Map<String, List<String>> lists) {}

    private Appends() {}

    /** What lists cannot look like in a serializable store; empty when all is well. */
    public static List<Violation> violations(List<Op> ops) {
        var violations = new ArrayList<Violation>();
        List<Seen> seen = ops.stream().flatMap(op -> seen(op).stream()).toList();
        Map<String, List<String>> longest = longest(seen, violations);
        writers(ops, longest, violations);
        if (violations.isEmpty()) {
            circles(ops, seen, longest, violations);
        }
        return violations;
    }

    private static List<Seen> seen(Op op) {
        if (!(op.result() instanceof Result.Ok ok)) {
            return List.of();
        }
        var lists = new TreeMap<String, List<String>>();
        Keysets keysets = new Keysets(lists);
        if (op.request() instanceof Request.Write write && ok.body() instanceof Body.Branch branch) {
            List<Action> actions = branch.succeeded() ? write.then() : write.otherwise();
            for (int i = 0; i < actions.size(); i++) {
                if (actions.get(i) instanceof Action.Get get && branch.steps().get(i) instanceof Body.Found found) {
                    keysets.read(get.keys().from(), found.versions());
                }
            }
        }
        return lists.isEmpty() ? List.of() : List.of(new Seen(op, lists));
    }

    private record Keysets(Map<String, List<String>> lists) {
        void read(String key, List<Version> versions) {
            if (key.startsWith(PREFIX)) {
                lists.put(
                        key,
                        versions.isEmpty()
                                ? List.of()
                                : elements(versions.getFirst().value()));
            }
        }
    }

    private static List<String> elements(String value) {
        return value.isEmpty() ? List.of() : Arrays.asList(value.split(",", -1));
    }

    private static Map<String, List<String>> longest(List<Seen> seen, List<Violation> violations) {
        var longest = new TreeMap<String, List<String>>();
        var inOrder = new ArrayList<Seen>(seen);
        for (String key : seen.stream()
                .flatMap(one -> one.lists.keySet().stream())
                .distinct()
                .toList()) {
            inOrder.sort(Comparator.comparingInt(
                    one -> one.lists.getOrDefault(key, List.of()).size()));
            List<String> before = List.of();
            for (Seen one : inOrder) {
                List<String> list = one.lists.getOrDefault(key, List.of());
                if (one.lists.containsKey(key)
                        && !list.subList(0, before.size()).equals(before)) {
                    violations.add(new Violation(
                            "lists only grow",
                            key + " was read as " + tail(before) + " and as " + tail(list) + " by " + one.op,
                            one.op.returned(),
                            one.op.client()));
                }
                before = one.lists.containsKey(key) ? list : before;
            }
            longest.put(key, before);
        }
        return longest;
    }

    private static String tail(List<String> list) {
        return "..." + list.subList(Math.max(0, list.size() - 5), list.size()) + " (" + list.size() + ")";
    }

    /** Each append is in its list once if it was acknowledged and somebody read later, at most once in any case. */
    private static void writers(List<Op> ops, Map<String, List<String>> longest, List<Violation> violations) {
        longest.forEach((key, list) -> {
            Set<String> unique = new HashSet<>(list);
            if (unique.size() != list.size()) {
                violations.add(Violation.of("appended once", key + " holds something twice: " + tail(list)));
            }
        });
        Map<String, Long> lastRead = new HashMap<>();
        for (Op op : ops) {
            for (Seen one : seen(op)) {
                one.lists.keySet().forEach(key -> lastRead.merge(key, op.invoked(), Math::max));
            }
        }
        for (Op op : ops) {
            for (Action.Put put : appends(op)) {
                boolean there = longest.getOrDefault(put.key(), List.of()).contains(element(put));
                if (succeeded(op) && !there && op.returned() < lastRead.getOrDefault(put.key(), 0L)) {
                    violations.add(new Violation(
                            "lost acknowledged append",
                            element(put) + " is not in " + put.key() + ": " + op,
                            op.returned(),
                            op.client()));
                }
                if (op.result() instanceof Result.Refused && there) {
                    violations.add(new Violation(
                            "a write that was refused",
                            element(put) + " is in " + put.key(),
                            op.returned(),
                            op.client()));
                }
            }
        }
    }

    private static List<Action.Put> appends(Op op) {
        if (!(op.request() instanceof Request.Write write)) {
            return List.of();
        }
        return write.then().stream()
                .filter(Action.Put.class::isInstance)
                .map(Action.Put.class::cast)
                .filter(put -> put.key().startsWith(PREFIX))
                .toList();
    }

    private static String element(Action.Put put) {
        return put.value().substring(put.value().lastIndexOf(',') + 1);
    }

    private static boolean succeeded(Op op) {
        return op.result() instanceof Result.Ok(long _, Body.Branch(boolean succeeded, List<Body> _)) && succeeded;
    }

    // ---- circles ---------------------------------------------------------------------------------------------------

    /**
     * Who must have come before whom: the writer of an element before the writer of the next (ww) and before whoever saw it (wr), who
     * saw a list before the writer of the element after it (rw), and who had an answer before whoever asked later. The last kind goes
     * through a chain of moments, so that there are few edges.
     */
    private static void circles(
            List<Op> ops, List<Seen> seen, Map<String, List<String>> longest, List<Violation> violations) {
        var nodes = new HashMap<Op, Integer>();
        var writer = new HashMap<String, Op>();
        for (Op op : ops) {
            for (Action.Put put : appends(op)) {
                if (longest.getOrDefault(put.key(), List.of()).contains(element(put))) {
                    nodes.computeIfAbsent(op, _ -> nodes.size());
                    writer.put(put.key() + "/" + element(put), op);
                }
            }
        }
        seen.forEach(one -> nodes.computeIfAbsent(one.op, _ -> nodes.size()));
        var graph = new Graph(nodes.size());
        longest.forEach((key, list) -> {
            for (int i = 1; i < list.size(); i++) {
                link(graph, nodes, writer.get(key + "/" + list.get(i - 1)), writer.get(key + "/" + list.get(i)));
            }
        });
        for (Seen one : seen) {
            one.lists.forEach((key, list) -> {
                List<String> all = longest.getOrDefault(key, List.of());
                if (!list.isEmpty()) {
                    link(graph, nodes, writer.get(key + "/" + list.getLast()), one.op);
                }
                if (list.size() < all.size()) {
                    link(graph, nodes, one.op, writer.get(key + "/" + all.get(list.size())));
                }
            });
        }
        graph.realTime(nodes);
        graph.circle().ifPresent(circle -> {
            var byNode = new HashMap<Integer, Op>();
            nodes.forEach((op, node) -> byNode.put(node, op));
            List<String> lines = circle.stream()
                    .flatMap(node -> Optional.ofNullable(byNode.get(node)).stream())
                    .map(Op::toString)
                    .toList();
            violations.add(Violation.of("strict serializability of lists", "a circle: " + String.join(" < ", lines)));
        });
    }

    private static void link(Graph graph, Map<Op, Integer> nodes, @Nullable Op before, @Nullable Op after) {
        if (before != null && after != null && !before.equals(after)) {
            graph.link(nodes.getOrDefault(before, 0), nodes.getOrDefault(after, 0));
        }
    }
}
