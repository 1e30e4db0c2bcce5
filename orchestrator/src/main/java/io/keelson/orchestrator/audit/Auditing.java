package io.keelson.orchestrator.audit;

import io.keelson.orchestrator.api.AuditNotes;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Tells of requests, if the operator wants that. */
public final class Auditing implements AutoCloseable {

    private final Optional<AuditLog> log;
    private final AuditPolicy policy;
    private final InstantSource clock;

    /**
     * Opens the log.
     *
     * @param config empty if nothing is told
     * @throws IllegalArgumentException if the file cannot be opened; the message names it
     */
    public Auditing(Optional<AuditConfig> config, InstantSource clock) {
        this.log = config.map(wanted -> new AuditLog(wanted.path(), wanted.maxBytes(), wanted.maxBackups(), clock));
        this.policy = config.map(AuditConfig::policy).orElse(new AuditPolicy(List.of()));
        this.clock = clock;
    }

    /** A request begins. */
    public AuditedRequest begin(AuditedRequest.About about, AuditNotes notes) {
        return new AuditedRequest(log, policy, clock, about, notes);
    }

    @Override
    public void close() {
        log.ifPresent(AuditLog::close);
    }
}
