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
import org.jspecify.annotations.Nullable;

/** The bytes under which things are stored. */
final class Layout {

    private static final byte PUT = 0;
    private static final byte DELETE = 1;

    private static final byte HERE = 0;
    private static final byte IN_HISTORY = 1;

    /** A {@code KeyValue} larger than this lies in history only, and {@code latest} says where; writing it twice would cost more. */
    static final int MAX_HERE_BYTES = 512;

    /** Begin of the keys of alarms in {@code meta}. */
    static final byte[] ALARM = "alarm/".getBytes(StandardCharsets.US_ASCII);

    private Layout() {}

    /**
     * Begin of all versions of a key. A zero byte in the key becomes {@code 00 FF} and the end is {@code 00 01}, so that
     * encoded keys sort as the keys do and none is a prefix of another.
     */
    static byte[] versionsOf(ByteString key) {
        return versionsOf(key, 0);
    }

    /** Key of one version; newer ones sort first. */
    static byte[] version(ByteString key, long revision) {
        byte[] version = versionsOf(key, Long.BYTES);
        ByteBuffer.wrap(version).putLong(version.length - Long.BYTES, ~revision);
        return version;
    }

    private static byte[] versionsOf(ByteString key, int room) {
        byte[] plain = key.toByteArray();
        int zeros = 0;
        for (byte b : plain) {
            if (b == 0) {
                zeros++;
            }
        }
        byte[] encoded = Arrays.copyOf(plain, plain.length + zeros + 2 + room);
        int end = plain.length;
        if (zeros > 0) {
            end = 0;
            for (byte b : plain) {
                encoded[end++] = b;
                if (b == 0) {
                    encoded[end++] = (byte) 0xFF;
                }
            }
        }
        encoded[end] = 0;
        encoded[end + 1] = 1;
        return encoded;
    }

    /** The key of an encoded version. */
    static ByteString keyOfVersion(byte[] encoded) {
        int end = encoded.length - Long.BYTES - 2;
        int zero = 0;
        while (zero < end && encoded[zero] != 0) {
            zero++;
        }
        if (zero == end) {
            return ByteString.copyFrom(encoded, 0, end);
        }
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

    /** Value of a key in {@code latest}: the {@code KeyValue} itself if it is small, else its place in history. */
    static byte[] latest(byte[] keyValue, long revision, int sub) {
        if (keyValue.length <= MAX_HERE_BYTES) {
            return prefixed(HERE, keyValue);
        }
        return ByteBuffer.allocate(1 + Long.BYTES + Integer.BYTES)
                .put(IN_HISTORY)
                .putLong(revision)
                .putInt(sub)
                .array();
    }

    /** Key in history of what {@code latest} does not hold itself; null if it does. */
    static byte @Nullable [] placeOf(byte[] latest) {
        return latest[0] == IN_HISTORY ? Arrays.copyOfRange(latest, 1, latest.length) : null;
    }

    /** What {@code latest} holds itself. */
    static KeyValue here(byte[] latest) {
        return keyValue(latest, 1);
    }

    private static byte[] prefixed(byte kind, byte[] bytes) {
        byte[] value = new byte[bytes.length + 1];
        value[0] = kind;
        System.arraycopy(bytes, 0, value, 1, bytes.length);
        return value;
    }

    /** Value of a put in history. */
    static byte[] put(byte[] keyValue) {
        return prefixed(PUT, keyValue);
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

    private static KeyValue keyValue(byte[] bytes, int offset) {
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
