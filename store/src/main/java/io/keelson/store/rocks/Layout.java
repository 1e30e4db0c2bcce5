package io.keelson.store.rocks;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.keelson.proto.etcd.AlarmMember;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.store.mvcc.LeaseRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** The bytes under which things are stored. */
final class Layout {

    private static final byte PUT = 0;
    private static final byte DELETE = 1;

    /** Begin of the keys of alarms in {@code meta}. */
    static final byte[] ALARM = "alarm/".getBytes(StandardCharsets.US_ASCII);

    private Layout() {}

    /**
     * Begin of all versions of a key. A zero byte in the key becomes {@code 00 FF} and the end is {@code 00 01}, so that
     * encoded keys sort as the keys do and none is a prefix of another.
     */
    static byte[] versionsOf(ByteString key) {
        int zeros = 0;
        for (int i = 0; i < key.size(); i++) {
            if (key.byteAt(i) == 0) {
                zeros++;
            }
        }
        var buffer = ByteBuffer.allocate(key.size() + zeros + 2);
        for (int i = 0; i < key.size(); i++) {
            byte b = key.byteAt(i);
            buffer.put(b);
            if (b == 0) {
                buffer.put((byte) 0xFF);
            }
        }
        return buffer.put((byte) 0).put((byte) 1).array();
    }

    /** Key of one version; newer ones sort first. */
    static byte[] version(ByteString key, long revision) {
        byte[] prefix = versionsOf(key);
        return ByteBuffer.allocate(prefix.length + Long.BYTES)
                .put(prefix)
                .putLong(~revision)
                .array();
    }

    /** The key of an encoded version. */
    static ByteString keyOfVersion(byte[] encoded) {
        int end = encoded.length - Long.BYTES - 2;
        var key = ByteString.newOutput(end);
        for (int i = 0; i < end; i++) {
            key.write(encoded[i]);
            if (encoded[i] == 0) {
                i++;
            }
        }
        return key.toByteString();
    }

    static long revisionOfVersion(byte[] encoded) {
        return ~ByteBuffer.wrap(encoded, encoded.length - Long.BYTES, Long.BYTES)
                .getLong();
    }

    static byte[] history(long revision, int sub) {
        return ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
                .putLong(revision)
                .putInt(sub)
                .array();
    }

    static long revisionOfHistory(byte[] encoded) {
        return ByteBuffer.wrap(encoded).getLong();
    }

    static int subOfHistory(byte[] encoded) {
        return ByteBuffer.wrap(encoded).getInt(Long.BYTES);
    }

    /** Value of a put in history. */
    static byte[] put(byte[] keyValue) {
        byte[] value = new byte[keyValue.length + 1];
        value[0] = PUT;
        System.arraycopy(keyValue, 0, value, 1, keyValue.length);
        return value;
    }

    /** Value of a deletion in history. */
    static byte[] delete(ByteString key) {
        byte[] value = new byte[key.size() + 1];
        value[0] = DELETE;
        key.copyTo(value, 1);
        return value;
    }

    static boolean isDeletion(byte[] history) {
        return history[0] == DELETE;
    }

    /** The key as a history value leaves it; empty for a deletion. */
    static Optional<KeyValue> live(byte[] history) {
        return history[0] == PUT ? Optional.of(keyValue(history, 1)) : Optional.empty();
    }

    /** The key that a history value is about. */
    static ByteString keyOfHistory(byte[] history) {
        return history[0] == PUT ? keyValue(history, 1).getKey() : ByteString.copyFrom(history, 1, history.length - 1);
    }

    static KeyValue keyValue(byte[] bytes, int offset) {
        try {
            return KeyValue.parser().parseFrom(bytes, offset, bytes.length - offset);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(
                    "the store holds a key-value that cannot be read: the disk or Keelson is at fault", e);
        }
    }

    static byte[] number(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    static long number(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong();
    }

    static byte[] leaseKey(long id, ByteString key) {
        var buffer = ByteBuffer.allocate(Long.BYTES + key.size()).putLong(id);
        key.copyTo(buffer);
        return buffer.array();
    }

    /** Value of a lease: its TTL, and behind it what was noted of its remaining time, if anything was. */
    static byte[] lease(LeaseRecord lease) {
        var buffer = ByteBuffer.allocate(lease.remainingSeconds() == 0 ? Long.BYTES : 2 * Long.BYTES)
                .putLong(lease.ttlSeconds());
        if (lease.remainingSeconds() != 0) {
            buffer.putLong(lease.remainingSeconds());
        }
        return buffer.array();
    }

    static LeaseRecord lease(byte[] id, byte[] value) {
        var buffer = ByteBuffer.wrap(value);
        return new LeaseRecord(number(id), buffer.getLong(), buffer.hasRemaining() ? buffer.getLong() : 0);
    }

    /** Key of an alarm in {@code meta}; the value is empty. */
    static byte[] alarm(AlarmMember alarm) {
        return ByteBuffer.allocate(ALARM.length + alarm.getSerializedSize())
                .put(ALARM)
                .put(alarm.toByteArray())
                .array();
    }

    static AlarmMember alarm(byte[] key) {
        try {
            return AlarmMember.parser().parseFrom(key, ALARM.length, key.length - ALARM.length);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(
                    "the store holds an alarm that cannot be read: the disk or Keelson is at fault", e);
        }
    }

    static boolean startsWith(byte[] bytes, byte[] prefix) {
        return bytes.length >= prefix.length && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }
}
