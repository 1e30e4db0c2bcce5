package io.keelson.agent.runtime.containerd;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where the files of a tar are, so that they can be read in any order without unpacking. Understands ustar, GNU long names and pax paths. */
final class TarIndex {
    private static final int BLOCK = 512;
    /** An image archive has a handful of files and some dozens of layers. */
    private static final int ENTRIES_MAX = 10_000;

    private static final int NAME_BYTES_MAX = 8192;

    private TarIndex() {}

    /** A file in the archive, by where its bytes are. */
    record Entry(long offset, long size) {}

    /** The regular files by name, without leading {@code ./}. Throws {@link IOException} saying what is wrong with the archive. */
    static Map<String, Entry> read(Path archive) throws IOException {
        Map<String, Entry> entries = new LinkedHashMap<>();
        try (FileChannel file = FileChannel.open(archive, StandardOpenOption.READ)) {
            long position = 0;
            String longName = "";
            while (position + BLOCK <= file.size()) {
                byte[] header = bytes(file, position, BLOCK);
                if (header[0] == 0) {
                    break;
                }
                requireChecksum(header);
                long size = number(header, 124, 12);
                long data = position + BLOCK;
                if (size < 0 || data + size > file.size()) {
                    throw new EOFException("the archive ends within " + text(header, 0, 100));
                }
                char type = (char) header[156];
                if (type == 'L') {
                    longName = text(bytes(file, data, bounded(size)), 0, bounded(size));
                } else if (type == 'x') {
                    longName = paxPath(new String(bytes(file, data, bounded(size)), StandardCharsets.UTF_8), longName);
                } else {
                    String name = longName.isEmpty() ? name(header) : longName;
                    longName = "";
                    if (type == '0' || type == 0) {
                        entries.put(name.startsWith("./") ? name.substring(2) : name, new Entry(data, size));
                    }
                }
                if (entries.size() > ENTRIES_MAX) {
                    throw new IOException("more than " + ENTRIES_MAX + " files");
                }
                position = data + (size + BLOCK - 1) / BLOCK * BLOCK;
            }
        }
        return entries;
    }

    /** A piece of the archive. */
    static byte[] bytes(FileChannel file, long offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, offset + buffer.position()) < 0) {
                throw new EOFException("the archive ends too early");
            }
        }
        return buffer.array();
    }

    private static int bounded(long size) throws IOException {
        if (size > NAME_BYTES_MAX) {
            throw new IOException("a name of " + size + " bytes");
        }
        return (int) size;
    }

    private static String name(byte[] header) {
        String name = text(header, 0, 100);
        boolean ustar = text(header, 257, 5).equals("ustar");
        String prefix = ustar && header[263] == '0' ? text(header, 345, 155) : "";
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    /** Pax records are "length key=value\n". */
    private static String paxPath(String records, String otherwise) {
        return records.lines()
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .filter(line -> line.startsWith("path="))
                .map(line -> line.substring("path=".length()))
                .findFirst()
                .orElse(otherwise);
    }

    private static void requireChecksum(byte[] header) throws IOException {
        int sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
        }
        if (sum != number(header, 148, 8)) {
            throw new IOException("not a tar archive, or damaged");
        }
    }

    /** Octal digits, or big-endian binary if the first bit is set. */
    private static long number(byte[] header, int offset, int length) throws IOException {
        if ((header[offset] & 0x80) != 0) {
            long value = header[offset] & 0x7f;
            for (int i = 1; i < length; i++) {
                value = (value << 8) | (header[offset + i] & 0xff);
            }
            return value;
        }
        String digits = text(header, offset, length).strip();
        try {
            return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
        } catch (NumberFormatException e) {
            throw new IOException("not a tar archive, or damaged", e);
        }
    }

    private static String text(byte[] bytes, int offset, int length) {
        int end = offset;
        while (end < offset + length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, offset, end - offset, StandardCharsets.UTF_8);
    }
}
