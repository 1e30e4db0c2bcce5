package io.keelson.orchestrator.sets;

import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Rejection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Some objects of a set were refused, and so nothing was stored. */
public final class SetRefusedException extends RuntimeException {

    /** More than this many are counted, not named, in the message. */
    private static final int MAX_NAMED = 8;

    private final transient List<Refused> refused;

    /**
     * One object that was refused.
     *
     * @param index its place in the request, from 0; -1 if the request does not hold it
     * @param ref which
     * @param rejection why
     */
    public record Refused(int index, Ref ref, Rejection rejection) {}

    SetRefusedException(List<Refused> refused, int all) {
        super(message(refused, all));
        this.refused = List.copyOf(refused);
    }

    private static String message(List<Refused> refused, int all) {
        String named = refused.stream()
                .limit(MAX_NAMED)
                .map(one -> title(one.ref()) + ": " + one.rejection().message())
                .collect(Collectors.joining("; "));
        String more = refused.size() > MAX_NAMED ? "; and " + (refused.size() - MAX_NAMED) + " more" : "";
        return "nothing was stored: of " + all + " object" + (all == 1 ? "" : "s") + " " + refused.size()
                + (refused.size() == 1 ? " was" : " were") + " refused: " + named + more;
    }

    private static String title(Ref ref) {
        String type = ref.kind().kind().toLowerCase(Locale.ROOT);
        return ref.namespace().isEmpty() ? type + "/" + ref.name() : type + "/" + ref.name() + " in " + ref.namespace();
    }

    /** Each of them, in order of the request. */
    public List<Refused> refused() {
        return refused;
    }
}
