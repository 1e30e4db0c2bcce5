package io.keelson.cli.quick;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** The few messages of keelson.v1.Resources that the quick way needs, in protobuf's encoding; see resources.proto and objects.proto. */
final class Messages {

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;
    private static final int ENCODING_JSON = 1;

    private Messages() {}

    /** A ListRequest. */
    static byte[] list(Question question, String namespace) {
        ByteArrayOutputStream message = new ByteArrayOutputStream(128);
        put(message, 1, kind(question.type()));
        put(message, 2, utf8(question.everywhere() ? "" : namespace));
        put(message, 3, utf8(question.labels()));
        put(message, 4, utf8(question.fields()));
        put(message, 7, ENCODING_JSON);
        if (question.isTable()) put(message, 8, 1);
        return message.toByteArray();
    }

    /** A GetRequest. */
    static byte[] get(Question question, String namespace) {
        ByteArrayOutputStream ref = new ByteArrayOutputStream(128);
        put(ref, 1, kind(question.type()));
        put(ref, 2, utf8(namespace));
        put(ref, 3, utf8(question.name()));
        ByteArrayOutputStream message = new ByteArrayOutputStream(128);
        put(message, 1, ref.toByteArray());
        put(message, 3, ENCODING_JSON);
        if (question.isTable()) put(message, 4, 1);
        return message.toByteArray();
    }

    private static byte[] kind(String type) {
        ByteArrayOutputStream kind = new ByteArrayOutputStream(32);
        put(kind, 1, utf8(type));
        return kind.toByteArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void put(ByteArrayOutputStream message, int field, byte[] value) {
        if (value.length == 0) return;
        varint(message, (field << 3) | BYTES);
        varint(message, value.length);
        message.write(value, 0, value.length);
    }

    private static void put(ByteArrayOutputStream message, int field, int value) {
        varint(message, (field << 3) | VARINT);
        varint(message, value);
    }

    private static void varint(ByteArrayOutputStream message, int value) {
        int left = value;
        while (left > 0x7f) {
            message.write((left & 0x7f) | 0x80);
            left >>>= 7;
        }
        message.write(left);
    }

    /** Goes through the fields of a message. */
    static final class Reader {
        private final byte[] bytes;
        private final int end;
        private int at;
        private int field;
        private int begin;

        Reader(byte[] bytes, int begin, int end) {
            this.bytes = bytes;
            this.at = begin;
            this.end = end;
        }

        /** Goes to the next field that holds bytes; false at the end. */
        boolean next() throws StepAside {
            while (at < end) {
                long key = varint();
                field = (int) (key >>> 3);
                switch ((int) key & 7) {
                    case VARINT -> varint();
                    case FIXED64 -> skip(8);
                    case FIXED32 -> skip(4);
                    case BYTES -> {
                        long length = varint();
                        begin = at;
                        skip(length);
                        return true;
                    }
                    default -> throw new StepAside("an answer of another form");
                }
            }
            return false;
        }

        int field() {
            return field;
        }

        /** The JSON of the object in the present field. */
        JsonReader object() throws StepAside {
            Reader object = new Reader(bytes, begin, at);
            while (object.next()) if (object.field == 2) return new JsonReader(bytes, object.begin, object.at);
            throw new StepAside("an answer without JSON");
        }

        private void skip(long length) throws StepAside {
            if (length < 0 || length > end - at) throw new StepAside("an answer that is cut");
            at += (int) length;
        }

        private long varint() throws StepAside {
            long value = 0;
            for (int shift = 0; shift < Long.SIZE; shift += 7) {
                if (at == end) throw new StepAside("an answer that is cut");
                byte part = bytes[at++];
                value |= (part & 0x7fL) << shift;
                if (part >= 0) return value;
            }
            throw new StepAside("an answer of another form");
        }
    }
}
