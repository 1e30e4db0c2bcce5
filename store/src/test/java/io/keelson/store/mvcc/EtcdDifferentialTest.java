package io.keelson.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.grpc.StatusRuntimeException;
import io.keelson.proto.etcd.CompactionRequest;
import io.keelson.proto.etcd.KVGrpc;
import io.keelson.proto.etcd.LeaseGrantRequest;
import io.keelson.proto.etcd.LeaseGrpc;
import io.keelson.proto.etcd.LeaseRevokeRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.ResponseHeader;
import io.keelson.proto.etcd.TxnRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: our rules are etcd's. Method: random requests, malformed ones among them, from a seed, go to the core and to a real
 * etcd; answers and error texts must be the same. Runs where Debian's {@code etcd-server} is installed.
 */
class EtcdDifferentialTest {

    @ParameterizedTest
    @ValueSource(longs = {101, 102, 103})
    void answersAndRefusalsAreThoseOfEtcd(long seed, @TempDir Path directory) throws Exception {
        assumeThat(Files.isExecutable(RealEtcd.BINARY))
                .as("etcd-server is installed")
                .isTrue();
        var requests = new RandomRequests(new Random(seed), false);
        var view = new TreeView();
        try (RealEtcd etcd = RealEtcd.start(directory)) {
            for (int step = 0; step < 2_000; step++) {
                RangeRequest range = requests.range(view.revision());
                assertThat(ours(view, range))
                        .as("seed %d, step %d: %s", seed, step, range)
                        .isEqualTo(theirs(etcd, range));
                Command command = requests.command(view.revision());
                if (!isRefusedOnPurpose(command)) {
                    assertThat(ours(view, command))
                            .as("seed %d, step %d: %s", seed, step, command)
                            .isEqualTo(theirs(etcd, command));
                }
            }
        }
        assertThat(view.revision()).as("the run did something").isGreaterThan(500);
    }

    /**
     * etcd overlooks some keys that a transaction puts and deletes: in a deletion without end, and in a nested transaction that
     * comes after the put. Such a key then changes twice in one revision. Ours refuses these like the others.
     */
    private static boolean isRefusedOnPurpose(Command command) {
        return command instanceof Command.Txn(TxnRequest request)
                && RequestCheck.check(request).equals(Optional.of(Refusal.DUPLICATE_KEY))
                && (hasNested(request) || hasEndlessDelete(request));
    }

    private static Stream<RequestOp> operations(TxnRequest request) {
        return Stream.of(request.getSuccessList(), request.getFailureList()).flatMap(List::stream);
    }

    private static boolean hasNested(TxnRequest request) {
        return operations(request).anyMatch(RequestOp::hasRequestTxn);
    }

    private static boolean hasEndlessDelete(TxnRequest request) {
        return operations(request)
                .filter(RequestOp::hasRequestDeleteRange)
                .map(RequestOp::getRequestDeleteRange)
                .anyMatch(delete ->
                        KeyRange.of(delete.getKey(), delete.getRangeEnd()).end().isEmpty());
    }

    private static Object ours(TreeView view, RangeRequest request) {
        Optional<Refusal> refusal = RequestCheck.check(request);
        return refusal.isPresent() ? refusal.get().message() : Oracle.read(view, request);
    }

    private static Object theirs(RealEtcd etcd, RangeRequest request) {
        return outcome(() -> KVGrpc.newBlockingStub(etcd.channel()).range(request).toBuilder()
                .clearHeader()
                .build());
    }

    private static Object ours(TreeView view, Command command) {
        Optional<Refusal> malformed = Oracle.check(command);
        if (malformed.isPresent()) {
            return malformed.get().message();
        }
        Applied applied = Mvcc.apply(view, command);
        view.take(applied);
        return switch (applied.answer()) {
            case Answer.Refused(Refusal refusal) -> refusal.message();
            case Answer.Put(var response) -> response;
            case Answer.DeleteRange(var response) -> response;
            case Answer.Txn(var response) -> response;
            case Answer.AuthChanged _, Answer.Authenticated _, Answer.Again _, Answer.CarriedOut _ ->
                throw new AssertionError(command);
            case Answer.LeaseCheckpointed _, Answer.Alarms _ -> throw new AssertionError(command);
            case Answer.Compacted _, Answer.LeaseGranted _, Answer.LeaseRevoked _, Answer.Members _ ->
                applied.revision();
        };
    }

    private static Object theirs(RealEtcd etcd, Command command) {
        var kv = KVGrpc.newBlockingStub(etcd.channel());
        var lease = LeaseGrpc.newBlockingStub(etcd.channel());
        return outcome(() -> switch (command) {
            case Command.Put(var request) -> {
                var response = kv.put(request);
                yield response.toBuilder().setHeader(bare(response.getHeader())).build();
            }
            case Command.DeleteRange(var request) -> {
                var response = kv.deleteRange(request);
                yield response.toBuilder().setHeader(bare(response.getHeader())).build();
            }
            case Command.Txn(var request) -> {
                var response = kv.txn(request);
                yield response.toBuilder().setHeader(bare(response.getHeader())).build();
            }
            case Command.Compact(long revision) ->
                kv.compact(CompactionRequest.newBuilder().setRevision(revision).build())
                        .getHeader()
                        .getRevision();
            case Command.LeaseGrant(long id, long ttl) ->
                lease.leaseGrant(LeaseGrantRequest.newBuilder()
                                .setID(id)
                                .setTTL(ttl)
                                .build())
                        .getHeader()
                        .getRevision();
            case Command.LeaseCheckpoint _, Command.Alarm _ -> throw new AssertionError(command);
            case Command.LeaseRevoke(long id) ->
                lease.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(id).build())
                        .getHeader()
                        .getRevision();
            case Command.Auth _, Command.As _, Command.Once _ -> throw new AssertionError(command);
            case Command.Members _ -> throw new AssertionError("not asked of etcd: " + command);
        });
    }

    private static ResponseHeader bare(ResponseHeader header) {
        return ResponseHeader.newBuilder().setRevision(header.getRevision()).build();
    }

    private static Object outcome(Supplier<Object> call) {
        try {
            return call.get();
        } catch (StatusRuntimeException refused) {
            return String.valueOf(refused.getStatus().getDescription());
        }
    }
}
