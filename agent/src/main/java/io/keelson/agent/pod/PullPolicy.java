package io.keelson.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import java.util.Objects;

/** When an image is fetched although, or because, it is (not) there. */
public enum PullPolicy {
    ALWAYS,
    IF_NOT_PRESENT,
    NEVER;

    /** The container's own; without one, Always for the tag {@code latest} and IfNotPresent for all others. */
    public static PullPolicy of(Container container) {
        return switch (Objects.requireNonNullElse(container.getImagePullPolicy(), "")) {
            case "Always" -> ALWAYS;
            case "Never" -> NEVER;
            case "IfNotPresent" -> IF_NOT_PRESENT;
            default -> isLatest(Objects.requireNonNullElse(container.getImage(), "")) ? ALWAYS : IF_NOT_PRESENT;
        };
    }

    private static boolean isLatest(String image) {
        if (image.contains("@")) {
            return false;
        }
        int colon = image.indexOf(':', image.lastIndexOf('/') + 1);
        return colon < 0 || image.substring(colon + 1).equals("latest");
    }
}
