package io.keelson.store;

import java.util.Set;

/**
 * Who of those whose certificates the trusted authority has signed is spoken to: an authority that signs for many is not enough to tell
 * members from others. Holds in both directions, for who dials and for who is dialed, as with etcd.
 */
public sealed interface Allowed {

    /** Everybody the authority vouches for. */
    record Everybody() implements Allowed {}

    /** Who has one of these common names: etcd's {@code --peer-cert-allowed-cn}. */
    record CommonNames(Set<String> names) implements Allowed {
        public CommonNames {
            names = Set.copyOf(names);
        }
    }

    /** Whose certificate is for one of these host names or addresses: etcd's {@code --peer-cert-allowed-hostname}. */
    record Hostnames(Set<String> names) implements Allowed {
        public Hostnames {
            names = Set.copyOf(names);
        }
    }

    /** Who is of one of these organizations, which Kubernetes takes for groups. */
    record Organizations(Set<String> names) implements Allowed {
        public Organizations {
            names = Set.copyOf(names);
        }
    }
}
