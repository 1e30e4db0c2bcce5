package io.keelson.cli.print;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody may have meant. */
public final class Nearest {

    private Nearest() {}

    /**
     * The known word nearest to what was typed, or empty if none is near: at most a third of its letters may have to change, where two
     * swapped neighbours count as one change. A word that begins with what was typed is near, too.
     */
    public static Optional<String> to(String typed, Collection<String> known) {
        var wanted = typed.toLowerCase(Locale.ROOT);
        return known.stream()
                .filter(word -> distance(wanted, word.toLowerCase(Locale.ROOT)) <= allowance(wanted, word))
                .min(Comparator.comparingInt(word -> distance(wanted, word.toLowerCase(Locale.ROOT))));
    }

    private static int allowance(String wanted, String word) {
        if (wanted.length() >= 2 && word.toLowerCase(Locale.ROOT).startsWith(wanted)) return Integer.MAX_VALUE;
        return Math.max(1, Math.max(wanted.length(), word.length()) / 3);
    }

    /** Damerau-Levenshtein distance with adjacent swaps. */
    static int distance(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) last[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + change);
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
            }
            beforeLast = last;
            last = row;
        }
        return last[b.length()];
    }
}
