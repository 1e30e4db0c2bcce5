package io.keelson.store.tls;

import java.lang.System.Logger.Level;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Says in the log who was sent away and why; of one who dials again and again, once in a while. */
final class Refusals {

    private static final System.Logger LOG = System.getLogger(Credentials.class.getName());

    /** How long nothing more is said of the same one. */
    static final Duration SILENCE = Duration.ofMinutes(1);

    /** So many are told apart; of more, something may be said more often. */
    private static final int REMEMBERED = 100;

    private final LongSupplier nanos;
    private final Map<String, Long> said = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > REMEMBERED;
        }
    };

    Refusals(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** What the other side and the log are told. */
    String note(X509Certificate certificate, String why) {
        String message = "refused the certificate of "
                + certificate.getSubjectX500Principal().getName() + " (serial number "
                + certificate.getSerialNumber().toString(16) + "): " + why;
        if (isNew(message)) {
            LOG.log(Level.WARNING, message);
        }
        return message;
    }

    private synchronized boolean isNew(String message) {
        long now = nanos.getAsLong();
        Long before = said.get(message);
        if (before != null && now - before < SILENCE.toNanos()) {
            return false;
        }
        said.put(message, now);
        return true;
    }
}
