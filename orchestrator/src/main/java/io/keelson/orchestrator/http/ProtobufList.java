package io.keelson.orchestrator.http;

import io.keelson.orchestrator.api.ListSink;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.ProtobufWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * A list as protobuf. Its length comes first, so all of it is held before it is written, but only as it goes out: much smaller than as
 * trees.
 */
final class ProtobufList implements ListSink<Exchange.GoneException> {

    private final Exchange exchange;
    private final ObjectNode list;
    private final List<byte[]> items = new ArrayList<>();
    private long size;

    ProtobufList(Exchange exchange, Kind kind) {
        this.exchange = exchange;
        this.list = Json.object().put("apiVersion", kind.apiVersion()).put("kind", kind.kind() + "List");
    }

    @Override
    public void begin(long revision, String continueToken, Optional<Long> remaining) {
        ObjectNode metadata = Json.child(list, "metadata").put("resourceVersion", Long.toString(revision));
        if (!continueToken.isEmpty()) {
            metadata.put("continue", continueToken);
        }
        remaining.ifPresent(count -> metadata.put("remainingItemCount", count));
    }

    @Override
    public void item(byte[] object) {
        byte[] item = ProtobufWriter.item(Json.parse(object));
        items.add(item);
        size += item.length;
    }

    /** All is read: writes it. */
    void end() throws Exchange.GoneException {
        Exchange.Pieces out = exchange.compressedPieces(ProtobufWriter.MEDIA_TYPE);
        out.write(ProtobufWriter.listHead(list, size));
        for (byte[] item : items) {
            out.write(item);
        }
        out.end();
    }
}
