package io.keelson.cli.manifest;

/**
 * Something wrong in a manifest.
 *
 * @param source the file
 * @param line from 1
 * @param message what is wrong, without a full stop
 */
public record Problem(String source, int line, String message) {
    @Override
    public String toString() {
        return source + ":" + line + ": " + message;
    }
}
