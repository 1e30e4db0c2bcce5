package io.keelson.agent.net;

/** How far the agent may reach with routes and packet rules. */
public enum NetworkScope {
    /** Only in a network namespace that is not the machine's: the default, so that nothing of the machine's network is ever touched. */
    OWN_NAMESPACE,
    /** Also in the machine's network: for a machine that is a node as a whole. */
    MACHINE
}
