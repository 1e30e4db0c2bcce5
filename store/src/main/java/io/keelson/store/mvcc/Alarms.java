package io.keelson.store.mvcc;

import io.keelson.proto.etcd.AlarmMember;
import io.keelson.proto.etcd.AlarmRequest;
import io.keelson.proto.etcd.AlarmRequest.AlarmAction;
import io.keelson.proto.etcd.AlarmType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Alarms and what they forbid. An alarm is part of the replicated state, so all members obey it from the same log entry on.
 *
 * <pre>
 *   NOSPACE   put, lease grant, a transaction that puts: refused. Reading, deleting, compacting, revoking: as ever.
 *   CORRUPT   everything on keys, and granting and revoking leases: refused.
 * </pre>
 */
public final class Alarms {

    private static final Comparator<AlarmMember> ORDER =
            Comparator.comparing(AlarmMember::getAlarm).thenComparing(AlarmMember::getMemberID, Long::compareUnsigned);

    private Alarms() {}

    /** Whether an alarm of the type is on, of whichever member. */
    public static boolean isOn(List<AlarmMember> alarms, AlarmType type) {
        return alarms.stream().anyMatch(alarm -> alarm.getAlarm() == type);
    }

    /** Why keys must not be read now. */
    public static Optional<Refusal> refusalOfRead(List<AlarmMember> alarms) {
        return !alarms.isEmpty() && isOn(alarms, AlarmType.CORRUPT) ? Optional.of(Refusal.CORRUPT) : Optional.empty();
    }

    /** Why the command must not be carried out now. */
    static Optional<Refusal> refusal(List<AlarmMember> alarms, Command command) {
        if (alarms.isEmpty()) {
            return Optional.empty();
        }
        return switch (command) {
            case Command.Alarm _, Command.LeaseCheckpoint _, Command.Auth _, Command.Members _ -> Optional.empty();
            case Command.As(Caller _, Command inner) -> refusal(alarms, inner);
            case Command.Once(var _, var _, Command inner) -> refusal(alarms, inner);
            case Command.Put _,
                    Command.DeleteRange _,
                    Command.Txn _,
                    Command.Compact _,
                    Command.LeaseGrant _,
                    Command.LeaseRevoke _ ->
                refusalOfRead(alarms)
                        .or(() -> Cost.of(command) > 0 && isOn(alarms, AlarmType.NOSPACE)
                                ? Optional.of(Refusal.NO_SPACE)
                                : Optional.empty());
        };
    }

    static Applied apply(View view, AlarmRequest request) {
        var changes = new ArrayList<Change>();
        List<AlarmMember> answer = switch (request.getAction()) {
            case ACTIVATE -> raise(view, request, changes);
            case DEACTIVATE -> lower(view, request, changes);
            case GET, UNRECOGNIZED -> select(view.alarms(), request);
        };
        return new Applied(new Answer.Alarms(answer), List.copyOf(changes), view.revision());
    }

    /** Raising what is on already is good, and changes nothing. */
    private static List<AlarmMember> raise(View view, AlarmRequest request, List<Change> changes) {
        if (request.getAlarm() != AlarmType.NOSPACE && request.getAlarm() != AlarmType.CORRUPT) {
            return List.of();
        }
        var alarm = AlarmMember.newBuilder()
                .setMemberID(request.getMemberID())
                .setAlarm(request.getAlarm())
                .build();
        if (!view.alarms().contains(alarm)) {
            changes.add(new Change.AlarmRaised(alarm));
        }
        return List.of(alarm);
    }

    private static List<AlarmMember> lower(View view, AlarmRequest request, List<Change> changes) {
        List<AlarmMember> lowered = select(view.alarms(), request);
        lowered.forEach(alarm -> changes.add(new Change.AlarmLowered(alarm)));
        return lowered;
    }

    /** The alarms that a request is about: of its type, or all for NONE; of its member, or of all for 0. */
    public static List<AlarmMember> select(List<AlarmMember> alarms, AlarmRequest request) {
        boolean get = request.getAction() == AlarmAction.GET;
        return alarms.stream()
                .filter(alarm -> request.getAlarm() == AlarmType.NONE || alarm.getAlarm() == request.getAlarm())
                // etcd lists the alarms of all members whichever one is named.
                .filter(alarm -> get || request.getMemberID() == 0 || alarm.getMemberID() == request.getMemberID())
                .toList();
    }

    /** The alarms after changes, in order. */
    public static List<AlarmMember> after(List<AlarmMember> alarms, Iterable<Change> changes) {
        List<AlarmMember> after = null;
        for (Change change : changes) {
            if (change instanceof Change.AlarmRaised(AlarmMember alarm)) {
                after = after == null ? new ArrayList<>(alarms) : after;
                after.add(alarm);
            } else if (change instanceof Change.AlarmLowered(AlarmMember alarm)) {
                after = after == null ? new ArrayList<>(alarms) : after;
                after.remove(alarm);
            }
        }
        if (after == null) {
            return alarms;
        }
        after.sort(ORDER);
        return List.copyOf(after);
    }
}
