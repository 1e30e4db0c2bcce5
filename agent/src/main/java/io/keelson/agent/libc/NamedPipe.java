package io.keelson.agent.libc;

import java.io.IOException;
import java.nio.file.Path;

/** Pipes with a name in the file system. */
public final class NamedPipe {
    private static final int OWNER_ONLY = 0600;

    private NamedPipe() {}

    /** Makes one that nobody but the owner may open. */
    public static void make(Path path) throws IOException {
        Libc.mkfifo(path.toString(), OWNER_ONLY).orThrow("pipe " + path);
    }
}
