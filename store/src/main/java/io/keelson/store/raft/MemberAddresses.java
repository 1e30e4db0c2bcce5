package io.keelson.store.raft;

import io.keelson.store.HostPort;
import io.keelson.store.PeerUrls;
import io.keelson.store.mvcc.MemberRecord;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.apache.ratis.thirdparty.io.grpc.Attributes;
import org.apache.ratis.thirdparty.io.grpc.EquivalentAddressGroup;
import org.apache.ratis.thirdparty.io.grpc.NameResolver;
import org.apache.ratis.thirdparty.io.grpc.NameResolverProvider;
import org.apache.ratis.thirdparty.io.grpc.NameResolverRegistry;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusOr;
import org.jspecify.annotations.Nullable;

/**
 * Where members are dialled. Ratis keeps the first address that it heard of a peer for as long as the process lives, so it is given a name,
 * {@code keelson:///ID}, which its gRPC channels look up here each time they connect. A member's peer URLs can so change while it runs, and
 * it may have several.
 */
final class MemberAddresses {

    private static final String SCHEME = "keelson";

    /** Ids differ between clusters too, so one table serves all members in this process. */
    private static final Map<Long, List<HostPort>> ADDRESSES = new ConcurrentHashMap<>();

    static {
        NameResolverRegistry.getDefaultRegistry().register(new Provider());
    }

    private MemberAddresses() {}

    static String target(long member) {
        return SCHEME + ":///" + Long.toHexString(member);
    }

    /** From now on these are the addresses of these members; others stay as they are. */
    static void learn(Collection<MemberRecord> members) {
        members.forEach(member -> ADDRESSES.put(
                member.id(), member.peerUrls().stream().map(PeerUrls::address).toList()));
    }

    /** Where a member is dialled; empty if nothing is known of it. */
    static List<HostPort> of(long member) {
        return ADDRESSES.getOrDefault(member, List.of());
    }

    private static final class Provider extends NameResolverProvider {
        @Override
        protected boolean isAvailable() {
            return true;
        }

        @Override
        protected int priority() {
            return 5;
        }

        @Override
        public String getDefaultScheme() {
            return SCHEME;
        }

        @Override
        public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args args) {
            Executor offload = args.getOffloadExecutor();
            return target.getScheme().equals(SCHEME) && offload != null
                    ? new Resolver(Long.parseUnsignedLong(target.getPath().substring(1), 16), offload)
                    : null;
        }
    }

    private static final class Resolver extends NameResolver {
        private final long member;
        private final Executor offload;
        private @Nullable Listener2 listener;

        Resolver(long member, Executor offload) {
            this.member = member;
            this.offload = offload;
        }

        private List<HostPort> known() {
            return of(member);
        }

        /** What a certificate must be for, unless an address says something else. */
        @Override
        public String getServiceAuthority() {
            List<HostPort> known = known();
            return known.isEmpty() ? Long.toHexString(member) : known.getFirst().toString();
        }

        @Override
        public synchronized void start(Listener2 to) {
            listener = to;
            refresh();
        }

        @Override
        public synchronized void refresh() {
            Listener2 to = listener;
            if (to != null) {
                // Names may have to be looked up, which blocks.
                offload.execute(() -> look(to));
            }
        }

        private void look(Listener2 to) {
            var groups = new ArrayList<EquivalentAddressGroup>();
            @Nullable UnknownHostException last = null;
            for (HostPort address : known()) {
                try {
                    var sockets = new ArrayList<SocketAddress>();
                    for (InetAddress host : InetAddress.getAllByName(address.host())) {
                        sockets.add(new InetSocketAddress(host, address.port()));
                    }
                    groups.add(new EquivalentAddressGroup(
                            sockets,
                            Attributes.newBuilder()
                                    .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, address.toString())
                                    .build()));
                } catch (UnknownHostException e) {
                    last = e;
                }
            }
            if (groups.isEmpty()) {
                to.onError(Status.UNAVAILABLE
                        .withDescription("no address of member " + Long.toHexString(member) + " is known: " + known())
                        .withCause(last));
            } else {
                to.onResult(ResolutionResult.newBuilder()
                        .setAddressesOrError(StatusOr.fromValue(groups))
                        .build());
            }
        }

        @Override
        public void shutdown() {}
    }
}
