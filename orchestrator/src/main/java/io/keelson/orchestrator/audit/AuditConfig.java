package io.keelson.orchestrator.audit;

import java.nio.file.Path;

/**
 * What is written of requests, and where.
 *
 * @param policy how much of which
 * @param path of the file
 * @param maxBytes when another file is begun
 * @param maxBackups how many full ones are kept; 0 for all
 */
public record AuditConfig(AuditPolicy policy, Path path, long maxBytes, int maxBackups) {

    /** Checks the bounds. */
    public AuditConfig {
        if (maxBytes < 1 || maxBackups < 0) {
            throw new IllegalArgumentException(
                    "--audit-log-maxsize must be at least 1 and --audit-log-maxbackup at least 0");
        }
    }
}
