package io.keelson.store.bbolt;

import java.io.IOException;

/** A file is not what it should be: cut off, changed, or never was a bbolt file. The message says where. */
public final class DamagedFileException extends IOException {

    private static final long serialVersionUID = 1L;

    /**
     * @param where the place in the file, such as {@code page 17}
     * @param problem what is wrong there
     */
    public DamagedFileException(String where, String problem) {
        super(where + ": " + problem);
    }
}
