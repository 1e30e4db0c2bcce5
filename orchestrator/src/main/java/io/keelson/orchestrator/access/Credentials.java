package io.keelson.orchestrator.access;

import io.keelson.orchestrator.auth.Impersonation;
import java.util.Optional;

/**
 * What a request shows of who sends it.
 *
 * @param certificate the subject of the client certificate, as in RFC 2253; empty if there was none
 * @param bearer the token in its {@code Authorization} header; empty if there was none
 * @param actAs as whom it wants to act; empty if as itself
 */
public record Credentials(Optional<String> certificate, Optional<String> bearer, Optional<Impersonation> actAs) {

    private static final String SCHEME = "bearer ";

    /** The token in an {@code Authorization} header; empty if it carries none. */
    public static Optional<String> bearer(String authorization) {
        return authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? Optional.of(authorization.substring(SCHEME.length()).strip()).filter(token -> !token.isEmpty())
                : Optional.empty();
    }
}
