/**
 * Files of bbolt, the embedded database in which etcd keeps its data and in which its snapshots travel. Knows trees of buckets, keys
 * and values, and nothing of what they mean.
 *
 * <pre>
 *   page 0, 1   meta: where the root bucket is, how many pages there are, checksum; the valid one with the higher transaction id counts
 *   page 2      free list (empty in a file that is written here)
 *   page 3...   leaf and branch pages of the buckets; what does not fit in a page overflows into the ones behind it
 * </pre>
 *
 * A file is written from sorted input in one pass, and read in order of its keys; both hold a few pages in memory, however large the
 * file is. What is read comes from strangers: every offset, length and count is checked before it is believed.
 */
@NullMarked
package io.keelson.store.bbolt;

import org.jspecify.annotations.NullMarked;
