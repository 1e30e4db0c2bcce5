package io.keelson.store.raft;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A sick disk, for tests: the file named by the system property {@code keelson.test.disk} says how the log's next fsync goes, {@code slow
 * MILLIS} or {@code fail}; without the file it goes well. Without the property, which is read once, there is nothing to pay.
 */
final class DiskFault {

    private static final String PROPERTY = "keelson.test.disk";
    private static final @Nullable String FILE = System.getProperty(PROPERTY);
    private static final String SLOW = "slow ";

    private DiskFault() {}

    /** Called on the log's thread before each fsync. */
    static void beforeFlush() throws IOException {
        if (FILE != null && Files.exists(Path.of(FILE))) {
            strike(Files.readString(Path.of(FILE)).strip());
        }
    }

    private static void strike(String how) throws IOException {
        if (how.equals("fail")) {
            throw new IOException("the disk fails, as " + PROPERTY + " wants it");
        }
        if (how.startsWith(SLOW)) {
            try {
                TimeUnit.MILLISECONDS.sleep(Long.parseLong(how.substring(SLOW.length())));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
