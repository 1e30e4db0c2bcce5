package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.MalformedJsonException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where a list goes on.
 *
 * @param revision the revision of the first page; {@link #NEWEST} for a list that goes on although its revision is gone
 * @param start the first key of the next page, without the prefix of the list
 */
record ContinueToken(long revision, String start) {

    /** The form of what a token says. */
    private static final String VERSION = "meta.k8s.io/v1";

    /** In the place of a revision: whatever it is now. Not zero, which is what a token has that says nothing. */
    static final long NEWEST = -1;

    String text() {
        ObjectNode token = Json.object().put("v", VERSION).put("rv", revision).put("start", start);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.write(token));
    }

    static ContinueToken parse(String text) {
        try {
            ObjectNode token = Json.parse(new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8));
            String version = Json.string(token, "v").orElse("");
            if (!version.equals(VERSION)) {
                throw invalid("server does not recognize this encoded version \"" + version + "\"");
            }
            return new ContinueToken(
                    Json.number(token, "rv")
                            .filter(revision -> revision > 0 || revision == NEWEST)
                            .orElseThrow(() -> invalid("it names no revision")),
                    Json.string(token, "start").orElseThrow(() -> invalid("it names no start")));
        } catch (IllegalArgumentException | MalformedJsonException e) {
            throw invalid("it is none of this server's");
        }
    }

    private static ApiException invalid(String why) {
        return ApiException.badRequest("continue key is not valid: " + why);
    }
}
