package io.keelson.orchestrator.access;

import io.keelson.orchestrator.admit.Plugins;
import io.keelson.orchestrator.audit.AuditConfig;
import io.keelson.orchestrator.limits.BodyLimits;
import java.util.Optional;

/**
 * What an operator decides about access.
 *
 * @param anonymous whether requests without credentials are those of {@code system:anonymous}; else they are refused
 * @param issuer what stands in tokens of service accounts as their issuer, and as their audience if nobody says one; the same on all
 *     servers
 * @param seats how many requests a server carries out at the same time; more wait for their turn
 * @param audit what is written of requests; empty for nothing
 * @param oidc an OpenID provider whose users may come; empty for none
 * @param plugins which admission plugins have a say in writes
 * @param bodies how much clients may send, and how slowly
 */
public record AccessConfig(
        boolean anonymous,
        String issuer,
        int seats,
        Optional<AuditConfig> audit,
        Optional<OidcConfig> oidc,
        Plugins plugins,
        BodyLimits bodies) {

    /** The seats if the operator says nothing: as many as Kubernetes has. */
    public static final int DEFAULT_SEATS = 600;

    /** The issuer if the operator says none. */
    public static final String DEFAULT_ISSUER = "https://kubernetes.default.svc.cluster.local";

    /** Nobody without credentials, no OpenID provider, no audit. */
    public static final AccessConfig DEFAULT =
            new AccessConfig(false, DEFAULT_ISSUER, DEFAULT_SEATS, Optional.empty(), Optional.empty());

    /** Checks the bounds. */
    public AccessConfig {
        if (issuer.isEmpty()) {
            throw new IllegalArgumentException("--service-account-issuer is empty");
        }
        if (seats < 1) {
            throw new IllegalArgumentException("--max-requests-inflight must be at least 1, but is " + seats);
        }
    }

    /** With all admission plugins, and the usual limits of bodies. */
    public AccessConfig(
            boolean anonymous, String issuer, int seats, Optional<AuditConfig> audit, Optional<OidcConfig> oidc) {
        this(anonymous, issuer, seats, audit, oidc, Plugins.ALL, BodyLimits.DEFAULT);
    }
}
