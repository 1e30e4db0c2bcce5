package io.keelson.store.raft;

import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Whether a class has said something in the log since this was made. */
final class Heard extends Handler implements AutoCloseable {

    private final Logger logger;
    private final String words;
    private volatile boolean heard;

    Heard(Class<?> speaker, String words) {
        this.logger = Logger.getLogger(speaker.getName());
        this.words = words;
        logger.addHandler(this);
    }

    boolean isHeard() {
        return heard;
    }

    @Override
    public void publish(LogRecord said) {
        if (said.getMessage().contains(words)) {
            heard = true;
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
