package io.keelson.orchestrator.access;

import io.keelson.orchestrator.auth.OidcRules;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which OpenID provider is believed.
 *
 * @param rules how its claims become users
 * @param ca PEM, who signs its certificate; empty for those that the JVM trusts
 */
public record OidcConfig(OidcRules rules, Optional<Path> ca) {

    /** Checks what can be checked without the provider. */
    public OidcConfig {
        if (!isHttps(rules.issuer())) {
            throw new IllegalArgumentException(
                    "--oidc-issuer-url is \"" + rules.issuer() + "\", but it must be an https URL");
        }
        if (rules.clientId().isEmpty()) {
            throw new IllegalArgumentException("--oidc-issuer-url needs --oidc-client-id");
        }
    }

    private static boolean isHttps(String url) {
        try {
            URI parsed = new URI(url);
            return "https".equals(parsed.getScheme()) && parsed.getHost() != null;
        } catch (URISyntaxException noUrl) {
            return false;
        }
    }
}
