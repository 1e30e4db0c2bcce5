package io.keelson.orchestrator.http;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.kind.Json;
import tools.jackson.databind.node.ObjectNode;

/** How a program ended, in Kubernetes' words: a Status, which clients read from a stream of its own. */
final class Verdict {

    private Verdict() {}

    static byte[] of(int exitCode) {
        ObjectNode status = Json.object();
        status.putObject("metadata");
        if (exitCode == 0) {
            return Json.write(status.put("status", "Success"));
        }
        status.put("status", "Failure")
                .put("message", "command terminated with non-zero exit code: exit code " + exitCode)
                .put("reason", "NonZeroExitCode");
        status.putObject("details")
                .putArray("causes")
                .addObject()
                .put("reason", "ExitCode")
                .put("message", Integer.toString(exitCode));
        return Json.write(status);
    }

    static byte[] of(ApiException failure) {
        return Json.write(failure.status());
    }
}
