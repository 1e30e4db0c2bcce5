package io.keelson.orchestrator.registry;

/**
 * From which ranges the cluster gives out addresses.
 *
 * @param services cluster addresses of services, such as {@code 10.96.0.0/16}
 * @param pods addresses of pods, such as {@code 10.244.0.0/16}; each node gets a /24 of it
 */
public record Addresses(Cidr services, Cidr pods) {

    /** 10.96.0.0/16 and 10.244.0.0/16. */
    public static Addresses standard() {
        return new Addresses(Cidr.parse("10.96.0.0/16"), Cidr.parse("10.244.0.0/16"));
    }
}
