package io.keelson.store.tls;

import java.nio.file.Path;

/** A TLS file that is not what it should be. The message names it and says what is wrong. */
public final class TlsProblem extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    TlsProblem(Path file, String what) {
        super(file + " " + what);
    }

    TlsProblem(Path file, String what, Throwable cause) {
        super(file + " " + what, cause);
    }
}
