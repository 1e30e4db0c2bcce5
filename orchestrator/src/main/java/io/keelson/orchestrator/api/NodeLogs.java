package io.keelson.orchestrator.api;

/** The way to the logs on nodes. */
public interface NodeLogs {

    /**
     * Asks a node for a log.
     *
     * @param node the node that runs the pod
     * @param uid the pod's uid, for a name may have been given anew
     * @throws ApiException SERVICE_UNAVAILABLE if the node has no connection to this server, TOO_MANY_REQUESTS if too many logs are
     *     being read from it
     */
    LogStream open(String node, String namespace, String pod, String uid, LogQuery query);
}
