package io.keelson.orchestrator.why;

import io.keelson.orchestrator.view.ClusterObject;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** How things are called in sentences. */
final class Words {

    /** Messages of runtimes may be pages; a sentence takes this much of them. */
    private static final int MESSAGE_MAX = 300;

    private Words() {}

    /** Such as {@code Pod web-1}. */
    static String title(ClusterObject object) {
        return object.kind().kind() + " " + object.name();
    }

    /** Such as {@code pod/web-1}. */
    static String path(ClusterObject object) {
        return object.kind().kind().toLowerCase(Locale.ROOT) + "/" + object.name();
    }

    /** What a condition or a state gives as reason and message, after a colon. */
    static String because(JsonNode told) {
        String reason = told.path("reason").asString("");
        String message = cut(told.path("message").asString(""));
        if (message.isEmpty()) {
            return reason.isEmpty() ? "" : " (" + reason + ")";
        }
        return ": " + (message.endsWith(".") ? message.substring(0, message.length() - 1) : message);
    }

    static String cut(String message) {
        String line = message.strip().replace('\n', ' ');
        return line.length() <= MESSAGE_MAX ? line : line.substring(0, MESSAGE_MAX) + "...";
    }

    static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
