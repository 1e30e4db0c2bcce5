package io.keelson.orchestrator.access;

import java.util.Optional;

/**
 * What an operator decides about access.
 *
 * @param anonymous whether requests without credentials are those of {@code system:anonymous}; else they are refused
 * @param issuer what stands in tokens of service accounts as their issuer, and as their audience if nobody says one; the same on all
 *     servers
 * @param oidc an OpenID provider whose users may come; empty for none
 */
public record AccessConfig(boolean anonymous, String issuer, Optional<OidcConfig> oidc) {

    /** The issuer if the operator says none. */
    public static final String DEFAULT_ISSUER = "https://kubernetes.default.svc.cluster.local";

    /** Nobody without credentials, no OpenID provider. */
    public static final AccessConfig DEFAULT = new AccessConfig(false, DEFAULT_ISSUER, Optional.empty());
}
