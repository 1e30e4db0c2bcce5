package io.keelson.agent.runtime.containerd;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A containerd's version.
 *
 * @param text as it names itself, e.g. {@code 1.6.20~ds1}
 */
record ContainerdVersion(int major, int minor, String text) {
    private static final Pattern VERSION = Pattern.compile("\\bv?((\\d+)\\.(\\d+)\\.\\d\\S*)");

    /** From what {@code containerd --version} prints. Throws {@link IllegalArgumentException} if there is no version in it. */
    static ContainerdVersion parse(String printed) {
        Matcher matcher = VERSION.matcher(printed);
        if (!matcher.find()) {
            throw new IllegalArgumentException("no version in what containerd --version printed: " + printed.strip());
        }
        return new ContainerdVersion(
                Integer.parseInt(matcher.group(2)), Integer.parseInt(matcher.group(3)), matcher.group(1));
    }
}
