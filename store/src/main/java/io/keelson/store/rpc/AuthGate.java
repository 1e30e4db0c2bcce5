package io.keelson.store.rpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.keelson.proto.etcd.AlarmRequest;
import io.keelson.store.Tls;
import io.keelson.store.mvcc.Caller;
import io.keelson.store.mvcc.Permits;
import io.keelson.store.mvcc.Refusal;
import io.keelson.store.mvcc.View;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Notes who makes a call, and holds back calls to the cluster and to a member that not everybody may make. What a call on keys, leases or
 * users may do depends on its content; their services ask the {@link Guard} themselves.
 */
final class AuthGate implements ServerInterceptor {

    /** Who may make a call. */
    private enum Need {
        /** Any user. */
        USER,
        /** Who has the role root. */
        ROOT,
        /** Who has the role root, and never on the word of a member that is behind. */
        ROOT_NOW,
        /** Any user may look at alarms; who has the role root may raise and lift them. */
        ALARM
    }

    private static final Map<String, Need> NEEDS = Map.ofEntries(
            Map.entry("etcdserverpb.Cluster/MemberList", Need.USER),
            Map.entry("etcdserverpb.Cluster/MemberAdd", Need.ROOT_NOW),
            Map.entry("etcdserverpb.Cluster/MemberRemove", Need.ROOT_NOW),
            Map.entry("etcdserverpb.Cluster/MemberUpdate", Need.ROOT_NOW),
            Map.entry("etcdserverpb.Cluster/MemberPromote", Need.ROOT_NOW),
            Map.entry("etcdserverpb.Maintenance/Status", Need.USER),
            Map.entry("etcdserverpb.Maintenance/Alarm", Need.ALARM),
            Map.entry("etcdserverpb.Maintenance/Defragment", Need.ROOT),
            Map.entry("etcdserverpb.Maintenance/Hash", Need.ROOT),
            Map.entry("etcdserverpb.Maintenance/HashKV", Need.ROOT),
            Map.entry("etcdserverpb.Maintenance/Snapshot", Need.ROOT),
            Map.entry("etcdserverpb.Maintenance/MoveLeader", Need.ROOT),
            Map.entry("etcdserverpb.Maintenance/Downgrade", Need.ROOT));

    private final Guard guard;
    private final boolean certificatesAreUsers;

    /** @param tls of clients; its certificates name users only if it says so */
    AuthGate(Guard guard, Optional<Tls> tls) {
        this.guard = guard;
        this.certificatesAreUsers =
                tls.filter(own -> own.others() == Tls.Others.ARE_USERS).isPresent();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
        Identity shown = Identity.of(call, metadata);
        Identity who = shown.tls().isPresent() && !certificatesAreUsers ? Identity.NOBODY : shown;
        Need need = NEEDS.get(call.getMethodDescriptor().getFullMethodName());
        Context context = who.isNobody() ? Context.current() : who.in(Context.current());
        ServerCall.Listener<Q> listener =
                who.isNobody() ? next.startCall(call, metadata) : Contexts.interceptCall(context, call, metadata, next);
        return need == null ? listener : new Held<>(listener, call, who, need, context);
    }

    private CompletableFuture<Optional<Refusal>> judge(Identity who, Need need, @Nullable Object request) {
        BiFunction<View, Caller, Optional<Refusal>> user = (view, caller) -> Permits.user(view.auth(), caller);
        BiFunction<View, Caller, Optional<Refusal>> root = (view, caller) -> Permits.admin(view.auth(), caller);
        return switch (need) {
            case USER -> guard.judge(who, user);
            case ROOT -> guard.judge(who, root);
            case ROOT_NOW -> guard.judgeNow(who, root);
            case ALARM ->
                guard.judge(
                        who,
                        request instanceof AlarmRequest alarm && alarm.getAction() == AlarmRequest.AlarmAction.GET
                                ? user
                                : root);
        };
    }

    /** A call with one request, which the service hears of only when it is clear that the caller may make it. */
    private final class Held<Q> extends ForwardingServerCallListener.SimpleForwardingServerCallListener<Q> {
        private final ServerCall<Q, ?> call;
        private final Identity who;
        private final Need need;
        private final Context context;
        private @Nullable Q request;

        Held(ServerCall.Listener<Q> listener, ServerCall<Q, ?> call, Identity who, Need need, Context context) {
            super(listener);
            this.call = call;
            this.who = who;
            this.need = need;
            this.context = context;
        }

        @Override
        public synchronized void onMessage(Q message) {
            request = message;
            super.onMessage(message);
        }

        /** A service with one request begins its work here. */
        @Override
        public void onHalfClose() {
            CompletableFuture<Optional<Refusal>> judged;
            try {
                judged = judge(who, need, request);
            } catch (RuntimeException e) {
                judged = CompletableFuture.failedFuture(e);
            }
            var _ = judged.whenComplete((refusal, error) -> {
                if (error != null) {
                    call.close(Calls.report(error), new Metadata());
                } else if (refusal.isPresent()) {
                    call.close(Failures.status(refusal.get()), new Metadata());
                } else {
                    context.run(this::begin);
                }
            });
        }

        private synchronized void begin() {
            super.onHalfClose();
        }

        // gRPC tells a listener one thing at a time; a verdict that comes on another thread must not break that.

        @Override
        public synchronized void onCancel() {
            super.onCancel();
        }

        @Override
        public synchronized void onReady() {
            super.onReady();
        }

        @Override
        public synchronized void onComplete() {
            super.onComplete();
        }
    }
}
