package io.keelson.orchestrator.http;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.NodeStream;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.MalformedJsonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import tools.jackson.databind.node.ObjectNode;

/** What programs have in common, whichever protocol the client speaks: what they write goes to the client, and at the end a verdict. */
final class ProgramSide {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** So long a client may take to close its side after the end; then it is cut off. */
    static final Duration FAREWELL = Duration.ofSeconds(5);

    private ProgramSide() {}

    /** The client's side. */
    interface Client {
        void output(byte[] bytes) throws IOException;

        void errors(byte[] bytes) throws IOException;

        /** The last word: a Status in JSON. */
        void end(byte[] verdict) throws IOException;
    }

    /** Carries output until the program has ended, or the stream was closed. */
    static void carry(NodeStream node, Client client) throws InterruptedException, IOException {
        try {
            while (true) {
                switch (node.next(PATIENCE)) {
                    case NodeStream.Piece.Output output -> client.output(output.bytes());
                    case NodeStream.Piece.Errors errors -> client.errors(errors.bytes());
                    case NodeStream.Piece.Silence _ -> {
                        // Programs may think for long; whether the client is there, its pings tell.
                    }
                    case NodeStream.Piece.End end -> {
                        client.end(Verdict.of(end.exitCode()));
                        return;
                    }
                }
            }
        } catch (ApiException e) {
            client.end(Verdict.of(e));
        }
    }

    /** The size of a terminal, as clients send it; what cannot be read is passed over, as it is no part of what the program does. */
    static void resize(NodeStream node, byte[] json) {
        try {
            ObjectNode size =
                    Json.parse(new String(json, StandardCharsets.UTF_8).strip().getBytes(StandardCharsets.UTF_8));
            long columns = Json.number(size, "Width").orElse(0L);
            long rows = Json.number(size, "Height").orElse(0L);
            if (columns > 0 && columns <= Short.MAX_VALUE && rows > 0 && rows <= Short.MAX_VALUE) {
                node.resize((int) columns, (int) rows);
            }
        } catch (MalformedJsonException e) {
            // As said.
        }
    }
}
