package io.keelson.store.backup;

import java.io.IOException;
import java.nio.file.Path;

/** A snapshot that cannot be used. The message names the file and says why. */
public final class BadSnapshotException extends IOException {

    private static final long serialVersionUID = 1L;

    /**
     * @param file the file
     * @param problem what is wrong with it, as the rest of a sentence
     */
    public BadSnapshotException(Path file, String problem) {
        super("the snapshot " + file + " " + problem);
    }

    /** With what led to it. */
    public BadSnapshotException(Path file, String problem, Throwable cause) {
        super("the snapshot " + file + " " + problem, cause);
    }
}
