package io.keelson.store;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * What a member of the store needs to know to start.
 *
 * @param name its own name, one of {@code members}
 * @param dataDir where its data lives; made if absent
 * @param clusterToken tells clusters apart: data of another token is refused
 * @param clientListen addresses to serve clients on
 * @param peerListen address to serve peers on
 * @param members all members, this one included; the same on each
 * @param clientTls TLS for clients, who must then show a certificate; empty: plain text
 * @param peerTls mutual TLS between members; empty: plain text
 * @param options what an operator may set
 */
public record StoreConfig(
        String name,
        Path dataDir,
        String clusterToken,
        List<HostPort> clientListen,
        HostPort peerListen,
        List<Member> members,
        Optional<Tls> clientTls,
        Optional<Tls> peerTls,
        StoreOptions options) {

    /** Checks that the members are distinct and this one is among them. */
    public StoreConfig {
        members = List.copyOf(members);
        clientListen = List.copyOf(clientListen);
        var names = new HashSet<String>();
        for (Member member : members) {
            if (!names.add(member.name())) {
                throw new IllegalArgumentException(
                        "initial cluster: the member name \"" + member.name() + "\" stands twice");
            }
        }
        if (!names.contains(name)) {
            throw new IllegalArgumentException(
                    "initial cluster: this member's name \"" + name + "\" is not among the members " + names);
        }
    }

    /** With the default options. */
    public StoreConfig(
            String name,
            Path dataDir,
            String clusterToken,
            List<HostPort> clientListen,
            HostPort peerListen,
            List<Member> members,
            Optional<Tls> clientTls,
            Optional<Tls> peerTls) {
        this(name, dataDir, clusterToken, clientListen, peerListen, members, clientTls, peerTls, StoreOptions.DEFAULTS);
    }

    /** This member's row. */
    public Member self() {
        return members.stream()
                .filter(member -> member.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
