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
 * @param doors addresses to serve clients on
 * @param peerListen address to serve peers on
 * @param members all members, this one included; the same on each
 * @param clientTls TLS for clients, on the doors that speak it; empty if none does
 * @param peerTls TLS between members; empty: plain text
 * @param options what an operator may set
 */
public record StoreConfig(
        String name,
        Path dataDir,
        String clusterToken,
        List<Door> doors,
        HostPort peerListen,
        List<Member> members,
        Optional<Tls> clientTls,
        Optional<Tls> peerTls,
        StoreOptions options) {

    /** Checks that the members are distinct and this one is among them, and that there are certificates for doors with TLS. */
    public StoreConfig {
        members = List.copyOf(members);
        doors = List.copyOf(doors);
        if (clientTls.isEmpty() && doors.stream().anyMatch(door -> door.wire() == Door.Wire.TLS)) {
            throw new IllegalArgumentException("clients are to be served with TLS and there is no certificate");
        }
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

    /** With the default options, and doors for everything: all with TLS if there is a certificate for clients, else none. */
    public StoreConfig(
            String name,
            Path dataDir,
            String clusterToken,
            List<HostPort> clientListen,
            HostPort peerListen,
            List<Member> members,
            Optional<Tls> clientTls,
            Optional<Tls> peerTls) {
        this(
                name,
                dataDir,
                clusterToken,
                clientListen.stream()
                        .map(address -> new Door(
                                address,
                                clientTls.isPresent() ? Door.Wire.TLS : Door.Wire.PLAIN,
                                Door.Serves.EVERYTHING))
                        .toList(),
                peerListen,
                members,
                clientTls,
                peerTls,
                StoreOptions.DEFAULTS);
    }

    /**
     * Whether clients speak TLS at an address that is advertised to them: what the door at this very address does or, if clients come there
     * by another way, what any door does.
     */
    public boolean speaksTls(HostPort advertised) {
        return doors.stream()
                .filter(door -> door.address().equals(advertised))
                .map(Door::wire)
                .findFirst()
                .map(wire -> wire == Door.Wire.TLS)
                .orElse(clientTls.isPresent());
    }

    /** Where gRPC clients are served. */
    public List<HostPort> clientListen() {
        return doors.stream()
                .filter(door -> door.serves().grpc())
                .map(Door::address)
                .toList();
    }

    /** The same with another data directory. */
    StoreConfig at(Path directory) {
        return new StoreConfig(name, directory, clusterToken, doors, peerListen, members, clientTls, peerTls, options);
    }

    /** This member's row. */
    public Member self() {
        return members.stream()
                .filter(member -> member.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
