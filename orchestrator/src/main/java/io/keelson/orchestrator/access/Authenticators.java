package io.keelson.orchestrator.access;

import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.auth.Authentication;
import io.keelson.orchestrator.auth.BootstrapTokens;
import io.keelson.orchestrator.auth.Identity;
import io.keelson.orchestrator.auth.Impersonation;
import io.keelson.orchestrator.auth.ServiceAccounts;
import io.keelson.orchestrator.kind.Json;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** All ways to show who one is, one after the other: certificate, bootstrap token, token of a service account, of the OpenID provider. */
final class Authenticators {

    /** So many certificates are remembered. */
    private static final int MAX_NAMED = 4_096;

    /** Under this the audit log tells certificates and tokens of one user apart, as in Kubernetes. */
    private static final String CREDENTIAL_ID = "authentication.kubernetes.io/credential-id";

    private final LocalObjects objects;
    private final ServiceAccountTokens accounts;
    private final Optional<OidcTokens> oidc;
    private final boolean anonymous;
    private final InstantSource clock;
    /** Whom certificates name, of which a few come with every request; by their hash. */
    private final Map<String, Optional<User>> named = new ConcurrentHashMap<>();

    Authenticators(
            LocalObjects objects,
            ServiceAccountTokens accounts,
            Optional<OidcTokens> oidc,
            boolean anonymous,
            InstantSource clock) {
        this.objects = objects;
        this.accounts = accounts;
        this.oidc = oidc;
        this.anonymous = anonymous;
        this.clock = clock;
    }

    /** Who sends a request; a certificate is worth more than a token, as in Kubernetes. */
    Authentication authenticate(Credentials credentials) {
        Optional<User> certified = credentials.certificate().flatMap(this::named);
        if (certified.isPresent()) {
            Instant until = credentials.certificate().get().until();
            if (clock.instant().isAfter(until)) {
                return new Authentication.Refused("the certificate was valid until " + until);
            }
            return known(new Authentication.Known(certified.get()));
        }
        if (credentials.bearer().isPresent()) {
            return token(credentials.bearer().get(), List.of(accounts.issuer()));
        }
        return anonymous
                ? new Authentication.Known(new User(Impersonation.ANONYMOUS, List.of(Impersonation.UNAUTHENTICATED)))
                : new Authentication.NotMine();
    }

    private Optional<User> named(Credentials.Certified certificate) {
        Optional<User> known = named.get(certificate.sha256());
        if (known == null) {
            known = Identity.ofSubject(certificate.subject())
                    .map(user -> user.withExtra(CREDENTIAL_ID, "X509SHA256=" + certificate.sha256()));
            if (named.size() >= MAX_NAMED) {
                named.clear();
            }
            named.put(certificate.sha256(), known);
        }
        return known;
    }

    /**
     * Who has a token.
     *
     * @param audiences for any of which a service account's must be
     */
    Authentication token(String token, List<String> audiences) {
        Authentication bootstrap = BootstrapTokens.check(token, clock.instant(), objects.local());
        if (bootstrap instanceof Authentication.Refused) {
            bootstrap = BootstrapTokens.check(token, clock.instant(), objects.newest());
        }
        if (!(bootstrap instanceof Authentication.NotMine)) {
            return known(bootstrap);
        }
        String issuer = SignedTokens.unproven(token)
                .flatMap(claims -> Json.string(claims, "iss"))
                .orElse("");
        if (issuer.equals(accounts.issuer())) {
            return known(accounts.authenticate(token, audiences));
        }
        return oidc.filter(provider -> provider.issued(issuer))
                .map(provider -> known(provider.authenticate(token)))
                .orElseGet(() -> new Authentication.Refused("nobody here knows who made this token"));
    }

    /** Whoever is known is one of all that are. */
    private static Authentication known(Authentication found) {
        return found instanceof Authentication.Known known
                ? new Authentication.Known(
                        known.user().withGroups(List.of(ServiceAccounts.AUTHENTICATED)), known.audiences())
                : found;
    }
}
