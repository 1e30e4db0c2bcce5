package io.keelson.orchestrator.admission;

import io.keelson.orchestrator.api.AuditNotes;
import java.util.ArrayList;
import java.util.List;

/**
 * What those who have a say in a write tell beside yes and no.
 *
 * @param warnings for the writer, in their order; of one thread
 * @param notes for the audit log; of any thread
 */
record Heard(List<String> warnings, AuditNotes notes) {

    /** For another thread, with warnings of its own. */
    Heard apart() {
        return new Heard(new ArrayList<>(), notes);
    }
}
