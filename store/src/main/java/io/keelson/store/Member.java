package io.keelson.store;

import java.util.List;

/**
 * One member of a cluster as all members know it.
 *
 * @param name unique in the cluster
 * @param peer where the other members dial it
 * @param clients where clients dial it
 */
public record Member(String name, HostPort peer, List<HostPort> clients) {}
