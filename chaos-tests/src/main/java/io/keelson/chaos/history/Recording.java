package io.keelson.chaos.history;

import java.util.List;

/**
 * Everything that a run has seen.
 *
 * @param ops all operations, in order of their invocation
 * @param watches all watches
 */
public record Recording(List<Op> ops, List<WatchLog> watches) {}
