package io.keelson.store.rocks;

import io.keelson.store.fault.CrashPoint;
import java.util.List;
import org.rocksdb.AbstractEventListener;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushJobInfo;
import org.rocksdb.RocksDB;

/** Hears when RocksDB flushes, on its own threads, if a test wants the member to die there. */
final class FlushWatch extends AbstractEventListener {

    private FlushWatch() {
        super(EnabledEventCallback.ON_FLUSH_BEGIN, EnabledEventCallback.ON_FLUSH_COMPLETED);
    }

    static void attachIfArmed(DBOptions options) {
        if (CrashPoint.FLUSH_BEGUN.isArmed() || CrashPoint.FLUSH_DONE.isArmed()) {
            options.setListeners(List.of(new FlushWatch()));
        }
    }

    @Override
    public void onFlushBegin(RocksDB db, FlushJobInfo flush) {
        CrashPoint.FLUSH_BEGUN.pass();
    }

    @Override
    public void onFlushCompleted(RocksDB db, FlushJobInfo flush) {
        CrashPoint.FLUSH_DONE.pass();
    }
}
