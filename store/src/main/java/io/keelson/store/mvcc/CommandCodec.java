package io.keelson.store.mvcc;

import com.google.protobuf.ByteString;
import io.keelson.proto.store.v1.LeaseCheckpointCommand;
import io.keelson.proto.store.v1.LeaseGrantCommand;
import io.keelson.proto.store.v1.LeaseRemaining;
import io.keelson.proto.store.v1.LogCommand;
import io.keelson.proto.store.v1.LogRequestId;

/** Commands in the form in which the log holds them. */
public final class CommandCodec {

    /**
     * Messages within messages, in the log and in answers that are kept. gRPC takes requests of at most 100, protobuf's usual bound, and here
     * they are two deeper: with the usual bound a request could be let in that no member can read again, ever.
     */
    public static final int MAX_DEPTH = 128;

    private CommandCodec() {}

    /** The command for the log. */
    public static LogCommand encode(Command command) {
        var log = LogCommand.newBuilder();
        switch (command) {
            case Command.Put(var request) -> log.setPut(request);
            case Command.DeleteRange(var request) -> log.setDeleteRange(request);
            case Command.Txn(var request) -> log.setTxn(request);
            case Command.Compact(long revision) -> log.setCompact(revision);
            case Command.LeaseGrant(long id, long ttl) ->
                log.setLeaseGrant(LeaseGrantCommand.newBuilder().setId(id).setTtlSeconds(ttl));
            case Command.LeaseRevoke(long id) -> log.setLeaseRevoke(id);
            case Command.LeaseCheckpoint(var leases) -> {
                var checkpoint = LeaseCheckpointCommand.newBuilder();
                for (LeaseRecord lease : leases) {
                    checkpoint.addLeases(LeaseRemaining.newBuilder()
                            .setId(lease.id())
                            .setRemainingSeconds(lease.remainingSeconds()));
                }
                log.setLeaseCheckpoint(checkpoint);
            }
            case Command.Alarm(var request) -> log.setAlarm(request);
            case Command.Auth(AuthCommand auth) -> log.setAuth(AuthCodec.encode(auth));
            case Command.As(Caller caller, Command inner) ->
                log.mergeFrom(encode(inner)).setCaller(AuthCodec.encode(caller));
            case Command.Once(String id, ByteString fingerprint, Command inner) ->
                log.mergeFrom(encode(inner))
                        .setRequestId(LogRequestId.newBuilder().setId(id).setFingerprint(fingerprint));
            case Command.Members(MemberChange change) -> log.setMembers(MemberCodec.encode(change));
        }
        return log.build();
    }

    /**
     * The command from the log.
     *
     * @throws IllegalArgumentException if this version does not know the command: going on would make replicas differ
     */
    public static Command decode(LogCommand log) {
        Command command = decodeInner(log);
        if (log.hasRequestId()) {
            command = new Command.Once(
                    log.getRequestId().getId(), log.getRequestId().getFingerprint(), command);
        }
        return log.hasCaller() ? new Command.As(AuthCodec.decode(log.getCaller()), command) : command;
    }

    private static Command decodeInner(LogCommand log) {
        return switch (log.getCommandCase()) {
            case PUT -> new Command.Put(log.getPut());
            case DELETE_RANGE -> new Command.DeleteRange(log.getDeleteRange());
            case TXN -> new Command.Txn(log.getTxn());
            case COMPACT -> new Command.Compact(log.getCompact());
            case LEASE_GRANT ->
                new Command.LeaseGrant(
                        log.getLeaseGrant().getId(), log.getLeaseGrant().getTtlSeconds());
            case LEASE_REVOKE -> new Command.LeaseRevoke(log.getLeaseRevoke());
            case LEASE_CHECKPOINT ->
                new Command.LeaseCheckpoint(log.getLeaseCheckpoint().getLeasesList().stream()
                        .map(lease -> new LeaseRecord(lease.getId(), 0, lease.getRemainingSeconds()))
                        .toList());
            case ALARM -> new Command.Alarm(log.getAlarm());
            case AUTH -> new Command.Auth(AuthCodec.decode(log.getAuth()));
            case MEMBERS -> new Command.Members(MemberCodec.decode(log.getMembers()));
            case COMMAND_NOT_SET ->
                throw new IllegalArgumentException("the log holds a command that this version does not know");
        };
    }
}
