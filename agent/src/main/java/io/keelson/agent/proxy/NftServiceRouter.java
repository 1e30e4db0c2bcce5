package io.keelson.agent.proxy;

import io.keelson.agent.net.NetworkNamespace;
import io.keelson.agent.net.NetworkScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Services by the kernel's packet rules, in a table of our own. Each change is one transaction: a packet meets the old rules or the new, and a
 * refused change changes nothing.
 *
 * <p>What is in the kernel is believed only if we put it there: the first table is loaded whole in place of whatever was left, and so is the next
 * after a refusal; all others as differences.
 */
public final class NftServiceRouter implements ServiceRouter {
    private final NetworkNamespace netns;
    private final NetworkScope scope;
    private final Rules.Cidrs cidrs;
    private Optional<Ruleset> loaded = Optional.empty();

    /**
     * @param netns where the node lives; normally {@link NetworkNamespace#own()}
     * @param clusterCidr the addresses of all pods
     * @param serviceCidr the addresses of all services; what has no service is refused
     */
    public NftServiceRouter(NetworkNamespace netns, NetworkScope scope, String clusterCidr, String serviceCidr) {
        this.netns = netns;
        this.scope = scope;
        this.cidrs = new Rules.Cidrs(clusterCidr, serviceCidr);
    }

    @Override
    public synchronized void apply(ServiceTable table) {
        netns.requireAllowed(scope);
        Ruleset wanted = Rules.of(table, cidrs);
        if (loaded.isPresent()) {
            List<String> commands = loaded.get().commandsTo(wanted);
            if (commands.isEmpty()) {
                return;
            }
            if (load(commands).isEmpty()) {
                loaded = Optional.of(wanted);
                return;
            }
        }
        loaded = Optional.empty();
        Optional<String> refusal = load(whole(wanted, cidrs));
        if (refusal.isPresent()) {
            throw new IllegalStateException("nft refused the service rules: " + refusal.get());
        }
        loaded = Optional.of(wanted);
    }

    /** The commands that put these rules in place of all that is in our table. */
    static List<String> whole(Ruleset wanted, Rules.Cidrs cidrs) {
        List<String> commands = new ArrayList<>();
        commands.add("add table ip " + Ruleset.TABLE);
        commands.add("delete table ip " + Ruleset.TABLE);
        commands.addAll(Rules.frame(cidrs));
        commands.addAll(Ruleset.EMPTY.commandsTo(wanted));
        return commands;
    }

    /** Returns why it was refused, in nft's own words. */
    private Optional<String> load(List<String> commands) {
        var outcome = netns.command("nft", "-f", "-")
                .reading(String.join("\n", commands) + "\n")
                .run();
        return outcome.ok() ? Optional.empty() : Optional.of(outcome.errors().strip());
    }

    /** The rules stay: connections outlive the agent. */
    @Override
    public void close() {}

    /** Removes our table. Idempotent. */
    public static void clear(NetworkNamespace netns) {
        netns.command("nft", "-f", "-")
                .reading("add table ip " + Ruleset.TABLE + "\ndelete table ip " + Ruleset.TABLE + "\n")
                .check();
    }
}
