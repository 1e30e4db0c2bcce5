package io.keelson.chaos.check;

import io.keelson.chaos.check.Operation.Action;
import io.keelson.chaos.check.Operation.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Is there an order of all operations on a key that respects real time and explains every answer?
 *
 * <p>The search of Wing and Gong with Lowe's memory of visited configurations. Keys are independent of each other
 * (linearizability is local), so each is judged alone. The judge uses only values and times; revisions, which the store
 * itself hands out, are {@link Revisions}' business.
 *
 * <p>An operation with unknown outcome may take effect at any time after it was asked, or never.
 */
public final class Linearizability {

    /** Steps of the search for one key; a history that needs more stays undecided and is no violation. */
    static final int MAX_STEPS = 2_000_000;

    private Linearizability() {}

    /** All keys whose history has no linearization, described; empty when all is well. */
    public static List<String> violations(List<Operation> history) {
        Map<String, List<Operation>> byKey =
                history.stream().collect(Collectors.groupingBy(Operation::key, TreeMap::new, Collectors.toList()));
        var violations = new ArrayList<String>();
        byKey.forEach((key, operations) -> {
            Verdict verdict = judge(operations);
            if (verdict.stuckAt != null) {
                violations.add("key " + key + ": no linearization of " + operations.size()
                        + " operations; none explains " + verdict.stuckAt + " after " + verdict.longest + " of them");
            }
        });
        return violations;
    }

    private record Verdict(@Nullable Operation stuckAt, int longest) {}

    /** Call or return of an operation, in a doubly linked list in order of time. */
    private static final class Node {
        final int operation;
        final boolean call;
        final long time;
        Node match = this;

        @Nullable
        Node previous;

        @Nullable
        Node next;

        Node(int operation, boolean call, long time) {
            this.operation = operation;
            this.call = call;
            this.time = time;
        }

        void unlink() {
            if (previous != null) {
                previous.next = next;
            }
            if (next != null) {
                next.previous = previous;
            }
        }

        void relink() {
            if (previous != null) {
                previous.next = this;
            }
            if (next != null) {
                next.previous = this;
            }
        }
    }

    /** Which operations are in the order so far: all before {@code prefix}, and those in {@code rest} counted from there. */
    private record Configuration(int prefix, BitSet rest, long state) {}

    private record Step(Node call, long stateBefore) {}

    private static Verdict judge(List<Operation> history) {
        // In order of invocation the operations that are ordered already are nearly a prefix, which is cheap to
        // remember.
        List<Operation> operations = history.stream()
                .sorted(Comparator.comparingLong(Operation::invokedNanos))
                .toList();
        Node head = link(operations);
        Set<Configuration> visited = new HashSet<>();
        var path = new ArrayDeque<Step>();
        var done = new BitSet(operations.size());
        long state = 0;
        int longest = 0;
        Operation stuckAt = operations.getFirst();
        Node entry = head.next;
        int steps = 0;
        while (entry != null && steps++ < MAX_STEPS) {
            Operation operation = operations.get(entry.operation);
            if (entry.call) {
                OptionalLong after = step(state, operation);
                if (after.isPresent() && visited.add(configuration(done, entry.operation, after.getAsLong()))) {
                    path.push(new Step(entry, state));
                    state = after.getAsLong();
                    done.set(entry.operation);
                    entry.unlink();
                    entry.match.unlink();
                    entry = head.next;
                } else {
                    entry = entry.next;
                }
            } else if (operation.outcome() instanceof Outcome.Unknown) {
                // Returns of unknown operations stand behind all others: everything that was answered is explained.
                return new Verdict(null, operations.size());
            } else {
                if (path.size() >= longest) {
                    longest = path.size();
                    stuckAt = operation;
                }
                if (path.isEmpty()) {
                    return new Verdict(stuckAt, longest);
                }
                Step undo = path.pop();
                state = undo.stateBefore;
                done.clear(undo.call.operation);
                undo.call.match.relink();
                undo.call.relink();
                entry = undo.call.next;
            }
        }
        return new Verdict(null, operations.size());
    }

    /** The value after the operation, or empty if the answer cannot be explained from this value. */
    private static OptionalLong step(long state, Operation operation) {
        return switch (operation.outcome()) {
            case Outcome.Refused refused -> refused.value() == state ? OptionalLong.of(state) : OptionalLong.empty();
            case Outcome.Done done ->
                switch (operation.action()) {
                    case Action.Read _ -> done.value() == state ? OptionalLong.of(state) : OptionalLong.empty();
                    case Action.Write write -> OptionalLong.of(write.next());
                    case Action.CompareAndSet set ->
                        set.expected() == state ? OptionalLong.of(set.next()) : OptionalLong.empty();
                };
            case Outcome.Unknown _ ->
                switch (operation.action()) {
                    case Action.Read _ -> OptionalLong.of(state);
                    case Action.Write write -> OptionalLong.of(write.next());
                    // Taking effect without changing anything is the same as never: only the other case needs a try.
                    case Action.CompareAndSet set ->
                        set.expected() == state ? OptionalLong.of(set.next()) : OptionalLong.empty();
                };
        };
    }

    private static Configuration configuration(BitSet done, int added, long state) {
        var with = (BitSet) done.clone();
        with.set(added);
        int prefix = with.nextClearBit(0);
        return new Configuration(prefix, with.get(prefix, Math.max(prefix, with.length())), state);
    }

    private static Node link(List<Operation> operations) {
        var nodes = new ArrayList<Node>();
        for (int i = 0; i < operations.size(); i++) {
            Operation operation = operations.get(i);
            boolean unknown = operation.outcome() instanceof Outcome.Unknown;
            var call = new Node(i, true, operation.invokedNanos());
            var answer = new Node(i, false, unknown ? Long.MAX_VALUE : operation.returnedNanos());
            call.match = answer;
            answer.match = call;
            nodes.add(call);
            nodes.add(answer);
        }
        // At equal times a call goes first: that allows more orders, so it never accuses wrongly.
        nodes.sort(Comparator.comparingLong((Node node) -> node.time).thenComparing(node -> !node.call));
        var head = new Node(-1, true, Long.MIN_VALUE);
        Node last = head;
        for (Node node : nodes) {
            last.next = node;
            node.previous = last;
            last = node;
        }
        return head;
    }
}
