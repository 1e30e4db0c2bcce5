package io.keelson.orchestrator.http;

import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.OpenApi;

/**
 * What is told about a table of kinds.
 *
 * @param kinds the table
 * @param discovery which kinds there are
 * @param openApi what their objects look like
 */
record Served(Kinds kinds, Discovery discovery, OpenApi openApi) {

    static Served first(Kinds kinds) {
        return new Served(kinds, new Discovery(kinds), OpenApi.of(kinds));
    }

    /** The same about another table; what has not changed is not made again. */
    Served of(Kinds other) {
        return kinds.equals(other) ? this : new Served(other, new Discovery(other), openApi.next(other));
    }
}
