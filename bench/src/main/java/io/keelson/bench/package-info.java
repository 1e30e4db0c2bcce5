/**
 * Side-by-side load benchmarks: Keelson's store and Debian's etcd, three processes each, in one run, under the same generator.
 * Figures are ratios of medians over interleaved rounds, because absolute numbers on a shared machine mean little. Run by
 * hand, see {@code bench/README.md}; nothing here is part of the product.
 *
 * <pre>
 *   StoreBench -> for each Workload, for each round, for each Cluster: Workload.visit -> Figures -> Table
 *                                                                       Load: N calls in flight
 * </pre>
 */
@NullMarked
package io.keelson.bench;

import org.jspecify.annotations.NullMarked;
