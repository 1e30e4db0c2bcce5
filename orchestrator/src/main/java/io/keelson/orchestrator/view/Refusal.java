package io.keelson.orchestrator.view;

/**
 * Why the last write on behalf of an object was refused, such as by a quota or because it is not valid. Conflicts and
 * failures of the world are none.
 *
 * @param reason one word, as in a Kubernetes Status: {@code Forbidden}, {@code Invalid}
 * @param message for people
 */
public record Refusal(String reason, String message) {}
