package io.keelson.agent.runtime.containerd;

import io.keelson.agent.runtime.RuntimeFault;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of images as people write them, and in full. */
final class ImageName {
    private static final String DEFAULT_REGISTRY = "docker.io";
    private static final String DEFAULT_REPOSITORY = "library/";
    private static final Pattern ID = Pattern.compile("(sha256:)?[0-9a-f]{64}");
    private static final Pattern NAME = Pattern.compile("((?:[A-Za-z0-9.-]+|\\[[0-9a-fA-F:]+])(?::[0-9]+)?/)?"
            + "([a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*)"
            + "(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?");

    private ImageName() {}

    /**
     * The name in full: {@code busybox} is {@code docker.io/library/busybox:latest}. An image id stays as it is. Throws
     * {@link RuntimeFault.InvalidImageName}.
     */
    static String full(String written) {
        if (ID.matcher(written).matches()) {
            return written;
        }
        Matcher matcher = NAME.matcher(written);
        if (!matcher.matches()) {
            throw new RuntimeFault.InvalidImageName(
                    "image " + (written.isEmpty() ? "\"\"" : written)
                            + ": not a name of the form [registry/]repository[:tag][@sha256:digest]; repositories are lower case");
        }
        String first = or(matcher.group(1));
        String rest = or(matcher.group(2));
        String tag = or(matcher.group(3));
        String digest = or(matcher.group(4));
        // Only what has a dot or a port, or is localhost, is a registry; else it is the first part of the repository.
        boolean registry = first.contains(".") || first.contains(":") || first.equals("localhost/");
        if (!first.isEmpty() && !registry && !first.equals(first.toLowerCase(java.util.Locale.ROOT))) {
            throw new RuntimeFault.InvalidImageName("image " + written + ": repositories are lower case");
        }
        String repository = registry ? rest : first + rest;
        String host = registry ? first.substring(0, first.length() - 1) : DEFAULT_REGISTRY;
        String path = host.equals(DEFAULT_REGISTRY) && !repository.contains("/")
                ? DEFAULT_REPOSITORY + repository
                : repository;
        String suffix = tag.isEmpty() && digest.isEmpty() ? ":latest" : tag + digest;
        return host + "/" + path + suffix;
    }

    private static String or(@org.jspecify.annotations.Nullable String group) {
        return group == null ? "" : group;
    }
}
