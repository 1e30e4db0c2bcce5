package io.keelson.orchestrator.kind;

import com.google.protobuf.WireFormat;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Fields of protobuf messages, written from the last to the first: so the length of a message that is part of another is known when it
 * has to be written, and nothing is copied. Not thread safe.
 */
final class BackwardBytes {

    private byte[] bytes = new byte[512];
    private int begin = bytes.length;

    /** How many bytes were written so far. */
    int size() {
        return bytes.length - begin;
    }

    byte[] toByteArray() {
        return Arrays.copyOfRange(bytes, begin, bytes.length);
    }

    /** Puts bytes before what was written. */
    void prepend(byte[] more) {
        room(more.length);
        System.arraycopy(more, 0, bytes, begin, more.length);
    }

    /** The field's number and form, and the length of a value that was written when there were {@code before} bytes. */
    void delimited(int number, int before) {
        varint(size() - before);
        tag(number, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    }

    /** The field's number and form, and the length of a value of which what was written is only the beginning. */
    void begin(int number, long length) {
        varint(length);
        tag(number, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    }

    void text(int number, String value) {
        bytes(number, value.getBytes(StandardCharsets.UTF_8));
    }

    void bytes(int number, byte[] value) {
        int before = size();
        prepend(value);
        delimited(number, before);
    }

    void number(int number, long value) {
        varint(value);
        tag(number, WireFormat.WIRETYPE_VARINT);
    }

    void real(int number, double value) {
        long bits = Double.doubleToRawLongBits(value);
        room(Long.BYTES);
        for (int i = 0; i < Long.BYTES; i++) {
            bytes[begin + i] = (byte) (bits >>> (8 * i));
        }
        tag(number, WireFormat.WIRETYPE_FIXED64);
    }

    private void tag(int number, int form) {
        varint((long) number << 3 | form);
    }

    private void varint(long value) {
        int length = Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
        room(length);
        long left = value;
        for (int i = 0; i < length; i++) {
            bytes[begin + i] = (byte) ((left & 0x7f) | (i < length - 1 ? 0x80 : 0));
            left >>>= 7;
        }
    }

    /** Moves the beginning, so that so many bytes fit before what was written. */
    private void room(int length) {
        if (length > begin) {
            int size = size();
            byte[] larger = new byte[Math.addExact(Math.multiplyExact(bytes.length, 2), length)];
            System.arraycopy(bytes, begin, larger, larger.length - size, size);
            begin = larger.length - size;
            bytes = larger;
        }
        begin -= length;
    }
}
