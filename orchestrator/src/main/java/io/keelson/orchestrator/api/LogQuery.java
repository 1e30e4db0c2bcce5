package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which part of a container's log.
 *
 * @param container its name; empty if the pod has one container, or names one in its annotation
 * @param follow go on until the container ends
 * @param previous of the container before the last restart
 * @param timestamps begin each line with its time
 * @param tailLines so many lines before the end
 * @param sinceSeconds not older than this
 * @param sinceTime not before this, RFC 3339; empty for the beginning
 * @param limitBytes at most so many bytes
 */
public record LogQuery(
        String container,
        boolean follow,
        boolean previous,
        boolean timestamps,
        Optional<Long> tailLines,
        Optional<Long> sinceSeconds,
        String sinceTime,
        Optional<Long> limitBytes) {

    /** What of it makes no sense, in Kubernetes' words. */
    List<Cause> problems() {
        List<Cause> causes = new ArrayList<>();
        tailLines
                .filter(lines -> lines < 0)
                .ifPresent(lines ->
                        causes.add(Cause.invalid("tailLines", lines.toString(), "must be greater than or equal to 0")));
        positive("limitBytes", limitBytes, causes);
        if (sinceSeconds.isPresent() && !sinceTime.isEmpty()) {
            causes.add(Cause.forbidden("[]", "at most one of `sinceTime` or `sinceSeconds` may be specified"));
        } else {
            positive("sinceSeconds", sinceSeconds, causes);
        }
        return causes;
    }

    private static void positive(String field, Optional<Long> number, List<Cause> causes) {
        number.filter(each -> each < 1)
                .ifPresent(each -> causes.add(Cause.invalid(field, each.toString(), "must be greater than 0")));
    }

    /** The same of a named container. */
    public LogQuery of(String name) {
        return new LogQuery(name, follow, previous, timestamps, tailLines, sinceSeconds, sinceTime, limitBytes);
    }
}
