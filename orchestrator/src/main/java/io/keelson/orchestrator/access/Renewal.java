package io.keelson.orchestrator.access;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.registry.Reason;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Asks now and then whether who was let in may still be here: credentials expire and are taken back, roles change. Kubernetes asks only at
 * the beginning, so that a watch goes on for up to an hour after the right to it has ended.
 */
public final class Renewal {

    /** At most this long goes on what may not go on. */
    public static final Duration EVERY = Duration.ofSeconds(2);

    private final Runnable question;
    private final LongSupplier nanos;
    private long asked;

    /**
     * Just asked.
     *
     * @param question throws an {@link ApiException} for a no
     */
    public Renewal(Runnable question, LongSupplier nanos) {
        this.question = question;
        this.nanos = nanos;
        this.asked = nanos.getAsLong();
    }

    /**
     * Asks, if it is time to.
     *
     * @throws ApiException UNAUTHORIZED or FORBIDDEN if it is over
     */
    public void ifDue() {
        if (nanos.getAsLong() - asked < EVERY.toNanos()) {
            return;
        }
        try {
            question.run();
        } catch (ApiException e) {
            if (e.reason() == Reason.UNAUTHORIZED || e.reason() == Reason.FORBIDDEN) {
                throw e;
            }
            // Nobody can say now, and then nothing changes either; asked again in a moment.
        }
        asked = nanos.getAsLong();
    }
}
