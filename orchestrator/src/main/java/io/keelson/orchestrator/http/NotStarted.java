package io.keelson.orchestrator.http;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.NodeStream;
import java.time.Duration;

/** A command that could not be started: all that there is of it is why. */
record NotStarted(ApiException why) implements NodeStream {

    @Override
    public Piece next(Duration patience) {
        throw why;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        // Nobody will read it.
    }

    @Override
    public void endInput() {
        // Nobody reads.
    }

    @Override
    public void resize(int columns, int rows) {
        // There is no terminal.
    }

    @Override
    public void close() {
        // There is nothing to end.
    }
}
