package io.keelson.orchestrator;

import java.util.Optional;

/**
 * How the store is, as far as this server knows without asking others.
 *
 * @param leader name of the server whose replica leads, if one does
 * @param ready whether the replica here is up to date enough to answer
 * @param revision the newest revision here
 */
public record StoreStatus(Optional<String> leader, boolean ready, long revision) {}
