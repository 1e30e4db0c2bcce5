package io.keelson.orchestrator.custom;

import io.keelson.orchestrator.regex.RegularExpression;

/** Numbers whose last digit proves the others. */
final class CheckDigits {

    private static final int ISBN_10 = 10;
    private static final int ISBN_13 = 13;
    private static final int ELEVEN = 11;
    private static final int TEN = 10;
    private static final RegularExpression ISBN_10_FORM = RegularExpression.known("^[0-9]{9}[0-9X]$");
    private static final RegularExpression ISBN_13_FORM = RegularExpression.known("^[0-9]{13}$");

    /** By the first digits of those who issue them, and how long their numbers are. */
    private static final RegularExpression CARD =
            RegularExpression.known("^(4[0-9]{12}([0-9]{3})?|5[1-5][0-9]{14}|6(011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}"
                    + "|3(0[0-5]|[68][0-9])[0-9]{11}|(2131|1800|35[0-9]{3})[0-9]{11})$");

    private CheckDigits() {}

    private static String bare(String text) {
        StringBuilder bare = new StringBuilder();
        text.chars().filter(c -> c != '-' && !Character.isWhitespace(c)).forEach(c -> bare.append((char) c));
        return bare.toString();
    }

    private static int digit(String digits, int at) {
        return digits.charAt(at) == 'X' ? TEN : digits.charAt(at) - '0';
    }

    /** {@code 0-321-75104-X}: digits weighted from one to ten are a multiple of eleven. */
    static boolean isIsbn10(String text) {
        String digits = bare(text);
        if (!ISBN_10_FORM.isIn(digits)) {
            return false;
        }
        int sum = 0;
        for (int i = 0; i < ISBN_10; i++) {
            sum += (i + 1) * digit(digits, i);
        }
        return sum % ELEVEN == 0;
    }

    /** {@code 978-0321751041}: digits weighted one and three in turn are a multiple of ten. */
    static boolean isIsbn13(String text) {
        String digits = bare(text);
        if (!ISBN_13_FORM.isIn(digits)) {
            return false;
        }
        int sum = 0;
        for (int i = 0; i < ISBN_13; i++) {
            sum += (i % 2 == 0 ? 1 : 3) * digit(digits, i);
        }
        return sum % TEN == 0;
    }

    /** By Luhn's rule; whatever is no digit does not count. */
    static boolean isCreditCard(String text) {
        StringBuilder kept = new StringBuilder();
        text.chars().filter(c -> c >= '0' && c <= '9').forEach(c -> kept.append((char) c));
        String digits = kept.toString();
        if (!CARD.isIn(digits)) {
            return false;
        }
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digit(digits, digits.length() - 1 - i);
            int weighted = i % 2 == 0 ? digit : 2 * digit;
            sum += weighted > 9 ? weighted - 9 : weighted;
        }
        return sum % TEN == 0;
    }
}
