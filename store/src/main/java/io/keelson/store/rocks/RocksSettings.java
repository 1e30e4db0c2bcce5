package io.keelson.store.rocks;

import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.IndexType;
import org.rocksdb.LRUCache;

/** How RocksDB is run: what it may keep in memory, and when it writes and merges. Whoever opens a database with it closes it after that. */
final class RocksSettings implements AutoCloseable {

    /** Memory for blocks read from disk, and for writes not yet flushed, in bytes. */
    static final long CACHE_BYTES = 24L << 20;

    private static final long WRITE_BUFFER_BYTES = 16L << 20;

    /**
     * Members apply the same, so with buffers of the same size all of them would flush at the same entry, and no majority would be left that appends
     * without a busy disk. Each takes the usual size, more or less a quarter.
     */
    private static final double WRITE_BUFFER_SPREAD = 0.25;

    private static final long ALL_WRITE_BUFFERS_BYTES = 32L << 20;

    /** What of a file may be on its way to the disk: entries of the log wait behind it. */
    private static final long UNDER_WAY_BYTES = 256L << 10;

    /** Files of flushed writes that are merged at once: twice RocksDB's own number, since each merge rewrites much of what is there. */
    private static final int FLUSHED_FILES_TO_MERGE = 8;

    /**
     * The cache has 2 to the power of this parts, each with a lock of its own. A block that is larger than its part is read from its file
     * each time that it is needed.
     */
    private static final int CACHE_PARTS = 3;

    /** What of the cache keys of blocks and filters keep when many values are read at once. */
    private static final double CACHE_OF_KEYS = 0.5;

    private final Cache cache;
    private final BloomFilter filter = new BloomFilter(10);
    private final ColumnFamilyOptions family;
    private final DBOptions database = new DBOptions();

    /** @param cacheBytes memory for blocks read from disk, at least 64 KiB */
    RocksSettings(long cacheBytes) {
        this.cache = new LRUCache(cacheBytes, CACHE_PARTS, false, CACHE_OF_KEYS);
        this.family = new ColumnFamilyOptions()
                .setWriteBufferSize(writeBufferBytes(ThreadLocalRandom.current()))
                .setMaxWriteBufferNumber(3)
                .setLevel0FileNumCompactionTrigger(FLUSHED_FILES_TO_MERGE)
                .setCompressionType(CompressionType.NO_COMPRESSION)
                .setTableFormatConfig(tables());
        database.setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setAtomicFlush(true)
                .setDbWriteBufferSize(ALL_WRITE_BUFFERS_BYTES)
                .setBytesPerSync(UNDER_WAY_BYTES)
                .setStrictBytesPerSync(true)
                .setMaxBackgroundJobs(2)
                .setKeepLogFileNum(2)
                .setMaxOpenFiles(256);
    }

    /** How much this member gathers in memory until it flushes, in bytes. */
    static long writeBufferBytes(RandomGenerator random) {
        return (long) (WRITE_BUFFER_BYTES * (1 + WRITE_BUFFER_SPREAD * (2 * random.nextDouble() - 1)));
    }

    /**
     * A file's filter and index are cut into pages of 4 KiB. Whole, the filter of some 600,000 keys is larger than any part of the cache, and
     * every write of a new key would read it again.
     */
    private BlockBasedTableConfig tables() {
        return new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setCacheIndexAndFilterBlocks(true)
                .setFilterPolicy(filter)
                .setIndexType(IndexType.kTwoLevelIndexSearch)
                .setPartitionFilters(true);
    }

    /** Of the whole database; it may be changed until one is opened with it. */
    DBOptions database() {
        return database;
    }

    /** Of each column family. */
    ColumnFamilyOptions family() {
        return family;
    }

    @Override
    public void close() {
        database.close();
        family.close();
        filter.close();
        cache.close();
    }
}
