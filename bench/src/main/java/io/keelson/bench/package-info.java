/**
 * Side-by-side load benchmarks: Keelson's store and a peer, in one run, under the same generator. Figures are ratios of
 * medians over interleaved rounds, because absolute numbers on a shared machine mean little. Run by hand, see
 * {@code bench/README.md}; nothing here is part of the product.
 */
@NullMarked
package io.keelson.bench;

import org.jspecify.annotations.NullMarked;
