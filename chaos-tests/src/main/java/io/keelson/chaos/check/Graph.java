package io.keelson.chaos.check;

import io.keelson.chaos.history.Op;
import io.keelson.chaos.history.Result;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who came before whom; numbers stand for operations. Looks for a circle in time linear in nodes and edges. */
final class Graph {

    private final List<List<Integer>> next = new ArrayList<>();

    Graph(int nodes) {
        for (int i = 0; i < nodes; i++) {
            next.add(new ArrayList<>());
        }
    }

    void link(int before, int after) {
        next.get(before).add(after);
    }

    /**
     * Everything that was answered comes before everything asked later. One node for each moment of an answer, in a chain: an operation
     * leads to the moment of its answer, each moment to the next, and the last moment before a question to its operation.
     */
    void realTime(Map<Op, Integer> operations) {
        List<Op> answered = operations.keySet().stream()
                .filter(op -> op.result() instanceof Result.Ok)
                .sorted(Comparator.comparingLong(Op::returned))
                .toList();
        int first = next.size();
        for (int i = 0; i < answered.size(); i++) {
            next.add(new ArrayList<>());
            link(operations.getOrDefault(answered.get(i), 0), first + i);
            if (i > 0) {
                link(first + i - 1, first + i);
            }
        }
        List<Long> moments = answered.stream().map(Op::returned).toList();
        operations.forEach((op, node) -> {
            int at = Collections.binarySearch(moments, op.invoked());
            int before = at >= 0 ? at : -at - 1;
            while (before > 0 && moments.get(before - 1) >= op.invoked()) {
                before--;
            }
            if (before > 0) {
                link(first + before - 1, node);
            }
        });
    }

    /** The nodes of a circle, in order, if there is one. */
    Optional<List<Integer>> circle() {
        var state = new int[next.size()];
        var position = new int[next.size()];
        for (int root = 0; root < next.size(); root++) {
            if (state[root] != 0) {
                continue;
            }
            Deque<Integer> path = new ArrayDeque<>();
            path.addLast(root);
            state[root] = 1;
            while (!path.isEmpty()) {
                int node = path.getLast();
                if (position[node] == next.get(node).size()) {
                    state[node] = 2;
                    path.removeLast();
                    continue;
                }
                int after = next.get(node).get(position[node]++);
                if (state[after] == 1) {
                    List<Integer> all = List.copyOf(path);
                    return Optional.of(all.subList(all.indexOf(after), all.size()));
                }
                if (state[after] == 0) {
                    state[after] = 1;
                    path.addLast(after);
                }
            }
        }
        return Optional.empty();
    }
}
