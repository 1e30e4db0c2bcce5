package io.keelson.orchestrator.custom;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The order in which Kubernetes prefers versions: {@code v10}, {@code v2}, {@code v1}, {@code v11beta2}, {@code v3alpha1}, then others. */
final class VersionOrder {

    private static final Pattern FORM = Pattern.compile("v([1-9][0-9]{0,8})(?:(alpha|beta)([1-9][0-9]{0,8}))?");

    /** The preferred first. */
    static final Comparator<String> NEWEST_FIRST = VersionOrder::compare;

    private VersionOrder() {}

    private static int compare(String left, String right) {
        Matcher a = FORM.matcher(left);
        Matcher b = FORM.matcher(right);
        boolean known = a.matches();
        boolean otherKnown = b.matches();
        if (!known || !otherKnown) {
            return known == otherKnown ? left.compareTo(right) : known ? -1 : 1;
        }
        int order = Integer.compare(stability(b), stability(a));
        order = order != 0 ? order : Long.compare(number(b, 1), number(a, 1));
        return order != 0 ? order : Long.compare(number(b, 3), number(a, 3));
    }

    private static int stability(Matcher version) {
        String word = version.group(2);
        return word == null ? 2 : word.equals("beta") ? 1 : 0;
    }

    private static long number(Matcher version, int group) {
        String digits = version.group(group);
        return digits == null ? 0 : Long.parseLong(digits);
    }
}
