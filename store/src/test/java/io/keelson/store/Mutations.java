package io.keelson.store;

import java.util.Arrays;
import java.util.Random;

/** Good bytes made bad, from a seed. */
public final class Mutations {

    private static final int MAX_MUTATIONS = 4;
    private static final int[] INTERESTING = {0x00, 0x01, 0x7f, 0x80, 0xff, 0x08, 0x0a, 0x12};

    private Mutations() {}

    /** A copy with one change, now and then up to four: bits flipped, bytes set, cut off, inserted, doubled; lengths that promise gigabytes. */
    public static byte[] of(byte[] good, Random random) {
        byte[] bytes = good.clone();
        int more = random.nextInt(3) == 0 ? random.nextInt(MAX_MUTATIONS) : 0;
        for (int i = 0; i <= more; i++) {
            bytes = once(bytes, random);
        }
        return bytes;
    }

    private static byte[] once(byte[] bytes, Random random) {
        if (bytes.length == 0) {
            return new byte[] {(byte) INTERESTING[random.nextInt(INTERESTING.length)]};
        }
        int at = random.nextInt(bytes.length);
        byte[] copy = bytes.clone();
        switch (random.nextInt(6)) {
            case 0 -> copy[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
            case 1 -> copy[at] = (byte) INTERESTING[random.nextInt(INTERESTING.length)];
            case 2 -> copy = Arrays.copyOf(bytes, at);
            case 3 -> copy = insert(bytes, at, new byte[] {(byte) random.nextInt(256)});
            // A varint of about two gigabytes, or of all ones, which is negative.
            case 4 ->
                copy = random.nextBoolean()
                        ? insert(bytes, at, new byte[] {-1, -1, -1, -1, 7})
                        : insert(bytes, at, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, 1});
            default -> {
                int end = at + random.nextInt(Math.min(bytes.length - at, 64)) + 1;
                copy = insert(bytes, random.nextInt(bytes.length), Arrays.copyOfRange(bytes, at, end));
            }
        }
        return copy;
    }

    private static byte[] insert(byte[] bytes, int at, byte[] more) {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + more.length);
        System.arraycopy(bytes, at, longer, at + more.length, bytes.length - at);
        System.arraycopy(more, 0, longer, at, more.length);
        return longer;
    }
}
