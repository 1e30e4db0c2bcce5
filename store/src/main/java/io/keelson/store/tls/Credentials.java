package io.keelson.store.tls;

import io.keelson.store.Tls;
import java.lang.System.Logger.Level;
import java.net.Socket;
import java.nio.file.Path;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Who we are and whom we trust, for the JDK's TLS. The files are looked at with every handshake and read again when one has changed, so
 * a renewed certificate is shown to the next who connects; connections that stand are left alone. New files that cannot be used are
 * logged, once for each change, and the old stay in force.
 */
public final class Credentials {

    private static final System.Logger LOG = System.getLogger(Credentials.class.getName());
    private static final String REVOKED = "it is revoked";

    /**
     * @param number of the load; the alias that a handshake goes on with names it, so that key and chain of one handshake are of one
     *     load
     */
    private record Generation(long number, Loaded loaded) {
        String alias() {
            return "own-" + number;
        }
    }

    private final Tls tls;
    private final List<Path> files;
    private final Refusals refusals = new Refusals(System::nanoTime);
    private Stamp stamp;
    private Generation current;
    /** For a handshake that began just before a change. */
    private Generation previous;

    private Credentials(Tls tls) {
        this.tls = tls;
        var paths = new ArrayList<>(List.of(tls.certificate(), tls.key()));
        tls.trustedCa().ifPresent(paths::add);
        tls.revoked().ifPresent(paths::add);
        this.files = List.copyOf(paths);
        this.stamp = Stamp.of(files);
        this.current = new Generation(0, Loaded.of(tls));
        this.previous = current;
    }

    /**
     * Reads the files.
     *
     * @throws TlsProblem if one is not there or not what it should be
     */
    public static Credentials load(Tls tls) {
        return new Credentials(tls);
    }

    /** Why others with the same rule would not speak to us, if they would not. */
    public Optional<String> ownRefusal() {
        X509Certificate[] own = current().loaded.keys().getCertificateChain("own");
        return own == null ? Optional.empty() : Admission.refusal(tls.allowed(), own[0]);
    }

    /**
     * Whether who is at the other end, and was trusted once, has been revoked since. To be asked of every connection: a session that is
     * taken up again shows no certificate anew.
     */
    public boolean isRevoked(SSLSession session) {
        Generation now = current();
        if (now.loaded.revoked().isEmpty()) {
            return false;
        }
        try {
            Certificate[] chain = session.getPeerCertificates();
            if (!now.loaded.isRevoked(chain)) {
                return false;
            }
            var _ = refusals.note((X509Certificate) chain[0], REVOKED);
            return true;
        } catch (SSLPeerUnverifiedException showedNone) {
            return false;
        }
    }

    /** Who we are. */
    public X509ExtendedKeyManager keys() {
        return new Keys();
    }

    /** Whom we trust. */
    public X509ExtendedTrustManager trust() {
        return new Trust();
    }

    private synchronized Generation current() {
        Stamp now = Stamp.of(files);
        if (!now.equals(stamp)) {
            stamp = now;
            try {
                var next = new Generation(current.number + 1, Loaded.of(tls));
                previous = current;
                current = next;
                LOG.log(Level.INFO, "TLS files have changed and are read again: " + files);
            } catch (TlsProblem e) {
                LOG.log(
                        Level.WARNING,
                        "TLS files have changed and cannot be used, the old stay in force: " + e.getMessage());
            }
        }
        return current;
    }

    private synchronized @Nullable Generation of(@Nullable String alias) {
        return current.alias().equals(alias) ? current : previous.alias().equals(alias) ? previous : null;
    }

    private final class Keys extends X509ExtendedKeyManager {

        /** The current generation's alias, if its keys suit. */
        private @Nullable String chosen(Function<X509ExtendedKeyManager, @Nullable Object> choice) {
            Generation now = current();
            return choice.apply(now.loaded.keys()) == null ? null : now.alias();
        }

        private String @Nullable [] only(Function<X509ExtendedKeyManager, @Nullable Object> choice) {
            String alias = chosen(choice);
            return alias == null ? null : new String[] {alias};
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return chosen(keys -> keys.chooseEngineServerAlias(keyType, issuers, engine));
        }

        @Override
        public @Nullable String chooseEngineClientAlias(
                String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return chosen(keys -> keys.chooseEngineClientAlias(keyTypes, issuers, engine));
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return chosen(keys -> keys.chooseServerAlias(keyType, issuers, socket));
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return chosen(keys -> keys.chooseClientAlias(keyTypes, issuers, socket));
        }

        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return only(keys -> keys.getClientAliases(keyType, issuers));
        }

        @Override
        public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return only(keys -> keys.getServerAliases(keyType, issuers));
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            Generation meant = of(alias);
            return meant == null ? null : meant.loaded.keys().getCertificateChain("own");
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            Generation meant = of(alias);
            return meant == null ? null : meant.loaded.keys().getPrivateKey("own");
        }
    }

    private final class Trust extends X509ExtendedTrustManager {

        @FunctionalInterface
        private interface Check {
            void by(X509ExtendedTrustManager judge) throws CertificateException;
        }

        private void check(X509Certificate[] chain, Check check) throws CertificateException {
            Generation now = current();
            if (now.loaded.trust().isEmpty()) {
                return;
            }
            check.by(now.loaded.trust().get());
            Optional<String> refusal =
                    now.loaded.isRevoked(chain) ? Optional.of(REVOKED) : Admission.refusal(tls.allowed(), chain[0]);
            if (refusal.isPresent()) {
                throw new CertificateException(refusals.note(chain[0], refusal.get()));
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, @Nullable SSLEngine engine)
                throws CertificateException {
            check(chain, judge -> judge.checkClientTrusted(chain, kind, engine));
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, @Nullable SSLEngine engine)
                throws CertificateException {
            check(chain, judge -> judge.checkServerTrusted(chain, kind, engine));
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, @Nullable Socket socket)
                throws CertificateException {
            check(chain, judge -> judge.checkClientTrusted(chain, kind, socket));
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, @Nullable Socket socket)
                throws CertificateException {
            check(chain, judge -> judge.checkServerTrusted(chain, kind, socket));
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) throws CertificateException {
            check(chain, judge -> judge.checkClientTrusted(chain, kind));
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) throws CertificateException {
            check(chain, judge -> judge.checkServerTrusted(chain, kind));
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return current()
                    .loaded
                    .trust()
                    .map(X509ExtendedTrustManager::getAcceptedIssuers)
                    .orElseGet(() -> new X509Certificate[0]);
        }
    }
}
