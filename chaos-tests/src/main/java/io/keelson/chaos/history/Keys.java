package io.keelson.chaos.history;

/**
 * Keys from one to another, as etcd names them.
 *
 * @param from the first key
 * @param end the first key that is not meant any more; empty: only {@code from}
 */
public record Keys(String from, String end) {

    /** Every key there is. */
    public static final Keys ALL = new Keys("\0", "\0");

    /** One key. */
    public static Keys one(String key) {
        return new Keys(key, "");
    }

    /** All keys that begin so; the prefix must end in a character below the last. */
    public static Keys prefix(String prefix) {
        int last = prefix.length() - 1;
        return new Keys(prefix, prefix.substring(0, last) + (char) (prefix.charAt(last) + 1));
    }

    /** Whether a key is among them. */
    public boolean contains(String key) {
        if (end.isEmpty()) {
            return key.equals(from);
        }
        return key.compareTo(from) >= 0 && (end.equals("\0") || key.compareTo(end) < 0);
    }
}
