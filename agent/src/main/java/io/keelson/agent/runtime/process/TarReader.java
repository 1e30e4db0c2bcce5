package io.keelson.agent.runtime.process;

import io.keelson.agent.io.PieceInput;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Reads a tar: ustar, pax headers for long names, sizes and links, and GNU's long names. */
final class TarReader {
    private static final int BLOCK = 512;
    /** A header record (long name, pax) larger than this is no honest archive. */
    private static final int HEADER_BYTES_MAX = 1 << 20;

    private final InputStream in;
    private long left;
    private int padding;

    TarReader(InputStream in) {
        this.in = in;
    }

    /**
     * One entry.
     *
     * @param type '0' file, '1' hard link, '2' symbolic link, '5' directory, others special
     */
    record Entry(String name, char type, String link, int mode, long size) {}

    /** The next entry, whose content {@link #content} gives; empty at the end. */
    Optional<Entry> next() throws IOException {
        in.skipNBytes(left + padding);
        left = 0;
        padding = 0;
        Map<String, String> extended = new HashMap<>();
        while (true) {
            byte[] header = in.readNBytes(BLOCK);
            if (header.length == 0 || (header.length == BLOCK && isZero(header))) {
                return Optional.empty();
            }
            if (header.length < BLOCK) {
                throw new EOFException("tar: ends within a header");
            }
            if (number(header, 148, 8) != checksum(header)) {
                throw new IOException("tar: a header's checksum is wrong; not a tar or damaged");
            }
            long size = number(header, 124, 12);
            char type = header[156] == 0 ? '0' : (char) header[156];
            switch (type) {
                case 'x' -> parsePax(record(size), extended);
                case 'g' -> record(size);
                case 'L' -> extended.put("path", text(record(size)));
                case 'K' -> extended.put("linkpath", text(record(size)));
                default -> {
                    var prefix = string(header, 345, 155);
                    boolean ustar = string(header, 257, 5).equals("ustar");
                    var name = string(header, 0, 100);
                    var full = ustar && !prefix.isEmpty() ? prefix + "/" + name : name;
                    left = extended.containsKey("size") ? Long.parseLong(extended.get("size")) : size;
                    padding = (int) ((BLOCK - left % BLOCK) % BLOCK);
                    return Optional.of(new Entry(
                            extended.getOrDefault("path", full),
                            type,
                            extended.getOrDefault("linkpath", string(header, 157, 100)),
                            (int) number(header, 100, 8),
                            left));
                }
            }
        }
    }

    /** The content of the entry that {@link #next} gave. Closing it is not needed. */
    InputStream content() {
        return new PieceInput(this::content);
    }

    private int content(byte[] buffer, int offset, int length) throws IOException {
        if (left == 0) {
            return length == 0 ? 0 : -1;
        }
        int n = in.read(buffer, offset, (int) Math.min(length, left));
        if (n < 0) {
            throw new EOFException("tar: ends within a file");
        }
        left -= n;
        return n;
    }

    private byte[] record(long size) throws IOException {
        if (size > HEADER_BYTES_MAX) {
            throw new IOException("tar: a header record of " + size + " bytes");
        }
        byte[] data = in.readNBytes((int) size);
        in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
        return data;
    }

    /** Records of the form {@code "<length> <key>=<value>\n"}. */
    private static void parsePax(byte[] data, Map<String, String> into) throws IOException {
        int at = 0;
        while (at < data.length) {
            int space = at;
            while (space < data.length && data[space] != ' ') {
                space++;
            }
            int length = Integer.parseInt(new String(data, at, space - at, StandardCharsets.US_ASCII));
            if (length <= 0 || at + length > data.length) {
                throw new IOException("tar: a pax record is damaged");
            }
            var pair = new String(data, space + 1, at + length - space - 2, StandardCharsets.UTF_8);
            int equals = pair.indexOf('=');
            if (equals > 0) {
                into.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
            at += length;
        }
    }

    private static String text(byte[] data) {
        return string(data, 0, data.length);
    }

    private static String string(byte[] data, int from, int length) {
        int end = from;
        while (end < from + length && data[end] != 0) {
            end++;
        }
        return new String(data, from, end - from, StandardCharsets.UTF_8);
    }

    private static long number(byte[] data, int from, int length) throws IOException {
        if ((data[from] & 0x80) != 0) {
            long value = data[from] & 0x7f;
            for (int i = from + 1; i < from + length; i++) {
                value = (value << 8) | (data[i] & 0xff);
            }
            return value;
        }
        var digits = string(data, from, length).strip();
        try {
            return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
        } catch (NumberFormatException e) {
            throw new IOException("tar: not a number: " + digits, e);
        }
    }

    private static long checksum(byte[] header) {
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
        }
        return sum;
    }

    private static boolean isZero(byte[] block) {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }
}
