package io.keelson.agent.stream;

/** Where the pieces of one answer go. */
public interface Answer {
    /** Sends a piece; waits while the reader is slow. False: the asker has gone, stop. */
    boolean data(byte[] bytes, int offset, int length);

    /** The asker has gone. */
    boolean cancelled();

    /** The answer cannot be given. {@code code} is an HTTP status. Thrown before or after any number of pieces. */
    final class Failed extends Exception {
        private static final long serialVersionUID = 1L;

        private final int code;

        public Failed(int code, String message) {
            super(message);
            this.code = code;
        }

        public int code() {
            return code;
        }
    }
}
