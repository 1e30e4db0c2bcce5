package io.keelson.cli;

import java.util.logging.LogManager;

/**
 * The JDK's logging, without its habit of taking down all handlers as soon as the process is told to end: how it ends would be written
 * nowhere. Named as the system property {@code java.util.logging.manager}; the JDK makes the one that there is.
 */
public final class LastingLog extends LogManager {

    private boolean configured;

    /** Called by the JDK. */
    public LastingLog() {}

    /**
     * Takes handlers and levels down, but only the first time, while the JDK reads its configuration: after that it is called when the
     * process ends. Every line is flushed when it is written; {@link Serving} closes the files.
     */
    @Override
    public synchronized void reset() {
        if (!configured) {
            configured = true;
            super.reset();
        }
    }
}
