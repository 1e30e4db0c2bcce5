package io.keelson.orchestrator.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What whoever has a say in a request wants the audit log to tell of it. A door opens one for the time of a request, so that what stands
 * between the door and who has a say need not know of the log. Thread safe: webhooks are asked by many threads.
 */
public final class AuditNotes {

    /** More than so many notes of one request are dropped; a webhook could send any number. */
    static final int MAX = 200;

    private static final ScopedValue<AuditNotes> CURRENT = ScopedValue.newInstance();

    private record Note(String value, boolean showsBodies) {}

    private final Map<String, Note> notes = new LinkedHashMap<>();

    /** Those of the request at hand; ones that nobody reads if there is none. To be asked by the thread of the request. */
    public static AuditNotes current() {
        return CURRENT.orElse(new AuditNotes());
    }

    /** Does something of which these are the notes. */
    public static void during(AuditNotes notes, Runnable request) {
        ScopedValue.where(CURRENT, notes).run(request);
    }

    /** Notes something that may always be told. The first of two notes under one key counts, as in Kubernetes. */
    public void add(String key, String value) {
        put(key, new Note(value, false));
    }

    /** Notes something out of which the object could be seen, so that it is told only where bodies are. */
    public void addOfBodies(String key, String value) {
        put(key, new Note(value, true));
    }

    private synchronized void put(String key, Note note) {
        if (notes.size() < MAX) {
            notes.putIfAbsent(key, note);
        }
    }

    /**
     * The notes, by key.
     *
     * @param bodies whether bodies are told
     */
    public synchronized Map<String, String> told(boolean bodies) {
        Map<String, String> told = new TreeMap<>();
        notes.forEach((key, note) -> {
            if (bodies || !note.showsBodies()) {
                told.put(key, note.value());
            }
        });
        return told;
    }
}
