package io.keelson.store.rpc;

import static io.keelson.store.rpc.ServerFixture.assertRefused;
import static io.keelson.store.rpc.ServerFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.keelson.proto.etcd.Permission;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.store.StoreOptions;
import io.keelson.store.auth.Authentication;
import io.keelson.store.auth.SimpleTokens;
import io.keelson.store.mvcc.Answer;
import io.keelson.store.mvcc.Applied;
import io.keelson.store.mvcc.AuthCommand;
import io.keelson.store.mvcc.AuthState;
import io.keelson.store.mvcc.Caller;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.Mvcc;
import io.keelson.store.mvcc.Permits;
import io.keelson.store.mvcc.Refusal;
import io.keelson.store.mvcc.TreeView;
import io.keelson.store.mvcc.View;
import io.keelson.store.node.Cluster;
import io.keelson.store.node.History;
import io.keelson.store.node.Leases;
import io.keelson.store.node.Replica;
import io.keelson.store.node.Standing;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A member that is as far behind the log as it can be: it hears of what was applied only when it asks. */
class GuardTest {

    /** The real rules; what the log decides is known here after a barrier. */
    private static final class Behind implements Replica {
        private final TreeView log = new TreeView();
        private final TreeView here = new TreeView();
        private final Queue<Applied> notHeardOf = new ArrayDeque<>();
        private final Authentication authentication =
                Authentication.of(new StoreOptions.Auth("simple", 4, Duration.ofMinutes(5)));
        private int barriers;

        Answer elsewhere(Command command) {
            Applied applied = Mvcc.apply(log, command);
            log.take(applied);
            notHeardOf.add(applied);
            return applied.answer();
        }

        @Override
        public CompletableFuture<Committed> propose(Command command) {
            return CompletableFuture.completedFuture(new Committed(elsewhere(command), log.revision()));
        }

        @Override
        public CompletableFuture<Void> readBarrier() {
            barriers++;
            for (Applied applied = notHeardOf.poll(); applied != null; applied = notHeardOf.poll()) {
                here.take(applied);
                ((SimpleTokens) authentication.tokens()).applied(applied.changes());
            }
            return CompletableFuture.allOf();
        }

        @Override
        public <T> T read(Function<View, T> read) {
            return read.apply(here);
        }

        @Override
        public AuthState auth() {
            return here.auth();
        }

        @Override
        public Authentication authentication() {
            return authentication;
        }

        @Override
        public FileChannel snapshotFile() {
            throw new AssertionError("nobody takes a snapshot here");
        }

        @Override
        public History history() {
            throw new AssertionError("nobody watches here");
        }

        @Override
        public Leases leases() {
            throw new AssertionError("no lease is renewed here");
        }

        @Override
        public Cluster cluster() {
            throw new AssertionError("nobody changes members here");
        }

        @Override
        public Standing standing() {
            throw new AssertionError("nobody asks for it here");
        }
    }

    private final Behind replica = new Behind();
    private final Guard guard = new Guard(replica);

    @AfterEach
    void close() {
        replica.authentication.close();
    }

    private void hear() {
        assertThat(replica.readBarrier()).isCompleted();
    }

    private void elsewhere(AuthCommand command) {
        assertThat(replica.elsewhere(new Command.As(Caller.SYSTEM, new Command.Auth(command))))
                .isEqualTo(new Answer.AuthChanged());
    }

    /** root and ann, whose role some may do everything with the key a. */
    private void enabledElsewhere() {
        for (String name : new String[] {"root", "ann"}) {
            elsewhere(new AuthCommand.UserAdd(name, Optional.of("hash")));
        }
        elsewhere(new AuthCommand.UserGrantRole("root", "root"));
        elsewhere(new AuthCommand.RoleAdd("some"));
        elsewhere(new AuthCommand.RoleGrantPermission(
                "some",
                Optional.of(Permission.newBuilder()
                        .setPermType(Permission.Type.READWRITE)
                        .setKey(bytes("a"))
                        .build())));
        elsewhere(new AuthCommand.UserGrantRole("ann", "some"));
        elsewhere(new AuthCommand.Enable());
    }

    private Identity tokenFromElsewhere() {
        Answer answer = replica.elsewhere(new Command.Auth(
                new AuthCommand.Authenticate("ann", "secret", replica.log.auth().revision())));
        return new Identity(Optional.of(((Answer.Authenticated) answer).token()), Optional.empty());
    }

    private static Command put() {
        return new Command.Put(PutRequest.newBuilder().setKey(bytes("a")).build());
    }

    private Answer proposed(Identity who) {
        try {
            return guard.propose(who, put()).join().answer();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StatusRuntimeException status) {
                throw status;
            }
            throw e;
        }
    }

    @Test
    void withAuthenticationOffNothingIsAskedFor() {
        assertThat(proposed(Identity.NOBODY)).isInstanceOf(Answer.Put.class);
        assertThat(guard.recognized(Identity.NOBODY)).isCompleted();
        assertThat(guard.judge(Identity.NOBODY, (view, caller) -> Permits.admin(view.auth(), caller)))
                .isCompletedWithValue(Optional.empty());
        assertThat(replica.barriers).isZero();
    }

    @Test
    void nobodyGetsThroughWhereItIsNotKnownYetThatAuthenticationIsOn() {
        enabledElsewhere();
        assertThat(replica.auth().enabled()).isFalse();
        assertThat(proposed(Identity.NOBODY)).isEqualTo(new Answer.Refused(Refusal.USER_EMPTY));
    }

    @Test
    void aTokenFromElsewhereIsGoodWhereNothingIsKnownYet() {
        enabledElsewhere();
        Identity ann = tokenFromElsewhere();
        assertThat(proposed(ann)).isInstanceOf(Answer.Put.class);
    }

    @Test
    void aTokenFromElsewhereIsGoodAtOnce() {
        enabledElsewhere();
        hear();
        Identity ann = tokenFromElsewhere();
        assertThat(proposed(ann)).isInstanceOf(Answer.Put.class);
        int before = replica.barriers;
        assertThat(proposed(ann)).isInstanceOf(Answer.Put.class);
        assertThat(replica.barriers).as("known by now").isEqualTo(before);
    }

    @Test
    void aReadWaitsUntilItsTokenIsKnown() {
        enabledElsewhere();
        hear();
        Identity ann = tokenFromElsewhere();
        assertThat(guard.recognized(ann)).isCompleted();
        boolean checked = replica.read(view -> {
            guard.check(view, ann, caller -> Permits.read(view.auth(), caller, bytes("a"), ByteString.EMPTY));
            return true;
        });
        assertThat(checked).isTrue();
    }

    @Test
    void whatWasGrantedElsewhereIsPermittedAtOnce() {
        enabledElsewhere();
        elsewhere(new AuthCommand.UserRevokeRole("ann", "some"));
        Identity ann = tokenFromElsewhere();
        hear();
        elsewhere(new AuthCommand.UserGrantRole("ann", "some"));
        assertThat(proposed(ann)).isInstanceOf(Answer.Put.class);
    }

    @Test
    void whatWasRevokedElsewhereIsRefusedAtOnce() {
        enabledElsewhere();
        Identity ann = tokenFromElsewhere();
        hear();
        elsewhere(new AuthCommand.UserRevokeRole("ann", "some"));
        assertRefused(() -> proposed(ann), Status.Code.PERMISSION_DENIED, "etcdserver: permission denied");
        long revision = replica.log.revision();
        assertRefused(() -> proposed(ann), Status.Code.PERMISSION_DENIED, "etcdserver: permission denied");
        assertThat(replica.notHeardOf)
                .as("what is refused anyway is kept out of the log")
                .isEmpty();
        assertThat(replica.log.revision()).isEqualTo(revision);
    }

    @Test
    void aChangeThatDoesNotConcernTheUserIsNoticedByNobody() {
        enabledElsewhere();
        Identity ann = tokenFromElsewhere();
        hear();
        elsewhere(new AuthCommand.UserAdd("bob", Optional.of("hash")));
        assertThat(proposed(ann)).isInstanceOf(Answer.Put.class);
    }

    @Test
    void aTokenThatNobodyGaveIsNotValid() {
        enabledElsewhere();
        hear();
        var forged = new Identity(Optional.of("abcdefghijklmnop.1"), Optional.empty());
        assertRefused(() -> proposed(forged), Status.Code.UNAUTHENTICATED, "etcdserver: invalid auth token");
        assertThat(replica.notHeardOf).isEmpty();
    }

    @Test
    void whenAuthenticationIsOffElsewhereEverybodyIsLetThrough() {
        enabledElsewhere();
        hear();
        elsewhere(new AuthCommand.Disable());
        assertThat(proposed(Identity.NOBODY)).isInstanceOf(Answer.Put.class);
    }
}
