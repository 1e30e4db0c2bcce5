package io.keelson.chaos.history;

/**
 * One operation of one client, as the client saw it. Times are nanoseconds of one monotonic clock, from the beginning of the run.
 *
 * @param client who asked; a client has one operation at a time
 * @param workload which of the workloads the client belongs to
 * @param member index of the member that was asked
 * @param request what was asked
 * @param result what came of it
 * @param invoked when it was asked
 * @param returned when the answer, or the failure, was there
 */
public record Op(int client, String workload, int member, Request request, Result result, long invoked, long returned) {

    /** The operation in one line, short enough to be read. */
    @Override
    public String toString() {
        String text = request + " -> " + result;
        return String.format(
                java.util.Locale.ROOT,
                "[%.3f..%.3f s] client %d (%s) at member %d: %s",
                invoked / 1e9,
                returned / 1e9,
                client,
                workload,
                member + 1,
                text.length() > 600 ? text.substring(0, 600) + "..." : text);
    }
}
