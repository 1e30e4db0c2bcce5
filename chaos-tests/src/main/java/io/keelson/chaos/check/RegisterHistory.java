package io.keelson.chaos.check;

import io.keelson.chaos.check.Operation.Outcome;
import io.keelson.chaos.history.Op;
import io.keelson.chaos.history.Request;
import io.keelson.chaos.history.Request.Action;
import io.keelson.chaos.history.Result;
import io.keelson.chaos.history.Result.Body;
import io.keelson.chaos.history.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The operations on single numbers among all, as {@link Linearizability} judges them: by values and times alone. */
public final class RegisterHistory {

    private record Place(String key, long revision) {}

    private RegisterHistory() {}

    /**
     * Reads, puts and sets on condition of keys below a prefix. Writes without an answer whose value nobody ever read are left out: that
     * they never happened explains all that was seen as well as any other fate.
     */
    public static List<Operation> of(List<Op> ops, String prefix) {
        Map<Place, Long> values = valuesRead(ops);
        var operations = new ArrayList<Operation>();
        for (Op op : ops) {
            operation(op, prefix, values).ifPresent(operations::add);
        }
        Set<Long> seen = new HashSet<>();
        operations.forEach(operation -> seenBy(operation).ifPresent(seen::add));
        return operations.stream()
                .filter(operation -> !(operation.outcome() instanceof Outcome.Unknown)
                        || written(operation).filter(seen::contains).isPresent())
                .toList();
    }

    /** A client that sets on condition names the revision that it read; what it expects is the value that it read there. */
    private static Map<Place, Long> valuesRead(List<Op> ops) {
        var values = new HashMap<Place, Long>();
        for (Op op : ops) {
            if (op.request() instanceof Request.Read read
                    && read.keys().end().isEmpty()
                    && op.result() instanceof Result.Ok(long _, Body.Found(List<Version> versions))) {
                for (Version version : versions) {
                    if (!version.value().isEmpty() && version.value().chars().allMatch(Character::isDigit)) {
                        values.put(new Place(version.key(), version.mod()), Long.parseLong(version.value()));
                    }
                }
            }
        }
        return values;
    }

    private static Optional<Long> seenBy(Operation operation) {
        return switch (operation.outcome()) {
            case Outcome.Done done
            when operation.action() instanceof Operation.Action.Read -> Optional.of(done.value());
            case Outcome.Done _
            when operation.action() instanceof Operation.Action.CompareAndSet set -> Optional.of(set.expected());
            case Outcome.Done _ -> Optional.empty();
            case Outcome.Refused refused -> Optional.of(refused.value());
            case Outcome.Unknown _ -> Optional.empty();
        };
    }

    private static Optional<Long> written(Operation operation) {
        return switch (operation.action()) {
            case Operation.Action.Read _ -> Optional.empty();
            case Operation.Action.Write write -> Optional.of(write.next());
            case Operation.Action.CompareAndSet set -> Optional.of(set.next());
        };
    }

    private static Optional<Operation> operation(Op op, String prefix, Map<Place, Long> values) {
        if (op.result() instanceof Result.Refused) {
            return Optional.empty();
        }
        return switch (op.request()) {
            case Request.Read read
            when read.keys().from().startsWith(prefix)
                    && read.keys().end().isEmpty()
                    && !read.serializable()
                    && read.revision() == 0 -> Optional.of(of(op, read.keys().from(), new Operation.Action.Read(), 0));
            case Request.Write write
            when write.then().getFirst() instanceof Action.Put put && put.key().startsWith(prefix) -> {
                long value = Long.parseLong(put.value());
                Operation.Action action = write.conditions().isEmpty()
                        ? new Operation.Action.Write(value)
                        : new Operation.Action.CompareAndSet(
                                values.getOrDefault(
                                        new Place(
                                                put.key(),
                                                write.conditions().getFirst().expected()),
                                        0L),
                                value);
                yield Optional.of(of(op, put.key(), action, value));
            }
            default -> Optional.empty();
        };
    }

    private static Operation of(Op op, String key, Operation.Action action, long written) {
        Outcome outcome = switch (op.result()) {
            case Result.Ok(long revision, Body.Found(List<Version> versions)) -> done(versions, revision);
            case Result.Ok(long revision, Body.Branch(boolean succeeded, List<Body> steps)) -> {
                if (succeeded) {
                    yield new Outcome.Done(written, revision, revision);
                }
                Outcome.Done live = steps.getFirst() instanceof Body.Found(List<Version> versions)
                        ? done(versions, revision)
                        : new Outcome.Done(0, 0, revision);
                yield new Outcome.Refused(live.value(), live.modRevision(), revision);
            }
            case Result.Ok _, Result.Refused _, Result.Unknown _ -> new Outcome.Unknown();
        };
        return new Operation(op.client(), key, action, outcome, op.invoked(), op.returned());
    }

    private static Outcome.Done done(List<Version> versions, long revision) {
        return versions.stream()
                .findFirst()
                .map(version -> new Outcome.Done(Long.parseLong(version.value()), version.mod(), revision))
                .orElseGet(() -> new Outcome.Done(0, 0, revision));
    }
}
