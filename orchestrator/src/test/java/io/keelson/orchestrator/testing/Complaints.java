package io.keelson.orchestrator.testing;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Listens to what the server logs as its own mistakes, while it is open; and to what threads die of. */
public final class Complaints implements AutoCloseable {

    private static final Logger ROOT = Logger.getLogger("");

    private final AtomicReference<Optional<String>> first = new AtomicReference<>(Optional.empty());
    private final Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord complaint) {
            if (complaint.getLevel().intValue() >= Level.SEVERE.intValue()) {
                note(complaint.getLoggerName() + ": " + complaint.getMessage(), complaint.getThrown());
            }
        }

        @Override
        public void flush() {
            // Nothing is held back.
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    };

    /** Begins to listen. */
    public Complaints() {
        ROOT.addHandler(handler);
        Thread.setDefaultUncaughtExceptionHandler((thread, mistake) -> note("died: " + thread, mistake));
    }

    private void note(String what, @Nullable Throwable thrown) {
        StringWriter text = new StringWriter();
        text.append(what).append('\n');
        if (thrown != null) {
            thrown.printStackTrace(new PrintWriter(text));
        }
        first.compareAndSet(Optional.empty(), Optional.of(text.toString()));
    }

    /** The first, with where it comes from; empty if there is none. */
    public Optional<String> first() {
        return first.get();
    }

    @Override
    public void close() {
        ROOT.removeHandler(handler);
        Thread.setDefaultUncaughtExceptionHandler(before);
    }
}
