package io.keelson.store.raft;

import io.keelson.proto.store.v1.JoinAnswer;
import io.keelson.proto.store.v1.JoinQuestion;
import io.keelson.store.PeerUrls;
import io.keelson.store.StoreConfig;
import io.keelson.store.mvcc.MemberCodec;
import io.keelson.store.mvcc.MemberRecord;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** How a member that starts finds out who it is: from its disk, from its flags, or from the cluster that it joins. */
final class Joining {

    /** Members that start together may have to wait for each other. */
    private static final long PATIENCE_SECONDS = 15;

    private static final long PAUSE_MILLIS = 200;

    private Joining() {}

    /**
     * The identity, settled from now on.
     *
     * @throws IOException if there is none; the message says what to do
     */
    static Identity identity(StoreConfig config, Seeds seeds) throws IOException {
        Optional<Identity> known = Identity.read(config.dataDir());
        if (known.isPresent()) {
            return known.get();
        }
        Identity settled = config.options().membership().existing() ? join(config, seeds) : Identity.first(config);
        settled.write(config.dataDir());
        return settled;
    }

    private static Identity join(StoreConfig config, Seeds seeds) throws IOException {
        String url = PeerUrls.url(config.self().peer(), config.peerTls().isPresent());
        var question = JoinQuestion.newBuilder().addPeerUrls(url).build();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        Optional<Seeds.Found> found = seeds.ask(question);
        while (found.isEmpty() && System.nanoTime() - deadline < 0) {
            pause();
            found = seeds.ask(question);
        }
        if (found.isEmpty()) {
            throw new IOException("cannot fetch cluster info from peer urls: none of "
                    + config.members().stream()
                            .filter(member -> !member.name().equals(config.name()))
                            .map(member -> member.peer().toString())
                            .collect(Collectors.joining(", "))
                    + " answers as a member of a cluster with a leader; name the running members in --initial-cluster");
        }
        JoinAnswer answer = found.get().answer();
        if (answer.getId() == 0) {
            throw new IOException("the cluster has no member with the peer URL " + url + ", but only "
                    + MemberCodec.membership(answer.getMembers()).members().stream()
                            .map(Joining::describe)
                            .collect(Collectors.joining(", "))
                    + "; add it first, with etcdctl member add " + config.name() + " --peer-urls=" + url);
        }
        return new Identity(found.get().clusterId(), answer.getId());
    }

    private static String describe(MemberRecord member) {
        return (member.isStarted() ? member.name() : Long.toHexString(member.id())) + "=" + member.peerUrls();
    }

    private static void pause() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while it waited for the members of the cluster", e);
        }
    }

    /** What to do about a member whose data are damaged; many lines, to be read by who was called out of bed. */
    static String wayOut(StoreConfig config, Identity identity) {
        String url = PeerUrls.url(config.self().peer(), config.peerTls().isPresent());
        return """
                Entries that others were told of may be concerned, so nothing is cut off.
                If most members are well, let them bring this one back; keep the directory aside until that is done:
                  etcdctl member remove %s
                  mv %s %s.damaged
                  etcdctl member add %s --peer-urls=%s
                  and start it with --initial-cluster-state=existing
                Otherwise restore all members from a snapshot, with keelson store restore.""".formatted(
                        Long.toHexString(identity.memberId()), config.dataDir(), config.dataDir(), config.name(), url);
    }

    /** Why a removed member ends; in etcd's words. */
    static IllegalStateException removed(StoreConfig config) {
        return new IllegalStateException(
                "the member has been permanently removed from the cluster; the data directory " + config.dataDir()
                        + " can not be used any more: remove it, and add the member anew if it is to come back");
    }
}
