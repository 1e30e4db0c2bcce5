package io.keelson.store.rpc;

import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.keelson.store.auth.Tokens;
import io.keelson.store.mvcc.AuthState;
import io.keelson.store.mvcc.Caller;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * What a call shows of who makes it. Whom that means depends on users and tokens, and is found out when it matters.
 *
 * @param token from the metadata, empty for none
 * @param tls the connection's TLS, if its client certificate may stand for a user: there is no token, and the call did not come through
 *     the JSON gateway, whose certificate would be the gateway's and not the caller's
 */
record Identity(Optional<String> token, Optional<SSLSession> tls) {

    static final Identity NOBODY = new Identity(Optional.empty(), Optional.empty());

    static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
    static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    static final Metadata.Key<String> GATEWAY = Metadata.Key.of("grpcgateway-accept", Metadata.ASCII_STRING_MARSHALLER);

    private static final String BEARER = "Bearer ";

    private static final Context.Key<Identity> CURRENT = Context.keyWithDefault("keelson.identity", NOBODY);

    /** Of the call that is being started or whose message is being taken. */
    static Identity current() {
        return CURRENT.get();
    }

    Context in(Context context) {
        return context.withValue(CURRENT, this);
    }

    static Identity of(ServerCall<?, ?> call, Metadata metadata) {
        String token = metadata.get(TOKEN);
        if (token == null) {
            token = metadata.get(AUTHORIZATION);
        }
        if (token != null) {
            return new Identity(
                    Optional.of(token.startsWith(BEARER) ? token.substring(BEARER.length()) : token), Optional.empty());
        }
        SSLSession tls = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        return tls == null || metadata.containsKey(GATEWAY) ? NOBODY : new Identity(Optional.empty(), Optional.of(tls));
    }

    /** Whether nothing is shown. */
    boolean isNobody() {
        return token.isEmpty() && tls.isEmpty();
    }

    /**
     * Whom this means.
     *
     * @return empty if the token is not valid, or not known here yet
     */
    Optional<Caller> caller(AuthState auth, Tokens tokens) {
        if (token.isPresent()) {
            return tokens.caller(token.get(), auth);
        }
        return Optional.of(tls.flatMap(Identity::commonName)
                .map(name -> Caller.user(name, auth.revision()))
                .orElse(Caller.NOBODY));
    }

    private static Optional<String> commonName(SSLSession tls) {
        try {
            for (Certificate certificate : tls.getPeerCertificates()) {
                return certificate instanceof X509Certificate x509 ? commonName(x509) : Optional.empty();
            }
            return Optional.empty();
        } catch (SSLPeerUnverifiedException e) {
            // The client showed no certificate, and need not.
            return Optional.empty();
        }
    }

    private static Optional<String> commonName(X509Certificate certificate) {
        try {
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if ("CN".equalsIgnoreCase(part.getType())) {
                    return Optional.of(part.getValue().toString());
                }
            }
            return Optional.empty();
        } catch (InvalidNameException e) {
            return Optional.empty();
        }
    }
}
