package io.keelson.orchestrator.http;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * Breaks JSON without space into lines for people, as Kubernetes does: two spaces for each level, and nothing between the brackets of what is
 * empty. Piece by piece; a piece may end anywhere.
 */
final class IndentedOutput extends FilterOutputStream {

    private static final byte[] STEP = {' ', ' '};

    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
    private int depth;
    private boolean opened;
    private boolean inText;
    private boolean escaped;

    IndentedOutput(OutputStream out) {
        super(out);
    }

    /** A whole text. */
    static byte[] of(byte[] json) {
        var whole = new ByteArrayOutputStream(2 * json.length);
        try (var out = new IndentedOutput(whole)) {
            out.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail", e);
        }
        return whole.toByteArray();
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        lines.reset();
        for (int i = from; i < from + length; i++) {
            if (inText) {
                text(bytes[i]);
            } else {
                between(bytes[i]);
            }
        }
        lines.writeTo(out);
    }

    private void text(byte each) {
        lines.write(each);
        inText = escaped || each != '"';
        escaped = !escaped && each == '\\';
    }

    private void between(byte each) {
        boolean closes = each == '}' || each == ']';
        if (opened && !closes) {
            depth++;
            newLine();
        } else if (closes && !opened) {
            depth--;
            newLine();
        }
        opened = each == '{' || each == '[';
        lines.write(each);
        switch (each) {
            case '"' -> inText = true;
            case ',' -> newLine();
            case ':' -> lines.write(' ');
            default -> {}
        }
    }

    private void newLine() {
        lines.write('\n');
        for (int i = 0; i < depth; i++) {
            lines.writeBytes(STEP);
        }
    }
}
