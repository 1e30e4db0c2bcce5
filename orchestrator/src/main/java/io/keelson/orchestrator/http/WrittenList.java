package io.keelson.orchestrator.http;

import io.keelson.orchestrator.api.ListSink;
import io.keelson.orchestrator.kind.Json;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A list in JSON, written to a client while it is read. */
final class WrittenList implements ListSink<Exchange.GoneException> {

    private final Exchange exchange;
    private final ListForm form;
    private Exchange.@Nullable Pieces out;
    private boolean follows;

    WrittenList(Exchange exchange, ListForm form) {
        this.exchange = exchange;
        this.form = form;
    }

    @Override
    public void begin(long revision, String continueToken, Optional<Long> remaining) throws Exchange.GoneException {
        ObjectNode head = form.head().deepCopy();
        ObjectNode metadata = Json.child(head, "metadata").put("resourceVersion", Long.toString(revision));
        if (!continueToken.isEmpty()) {
            metadata.put("continue", continueToken);
        }
        remaining.ifPresent(count -> metadata.put("remainingItemCount", count));
        String text = Json.text(head);
        out = exchange.compressedJson();
        write(text.substring(0, text.length() - 1) + ",\"" + form.items() + "\":[");
    }

    @Override
    public void item(byte[] object) throws Exchange.GoneException {
        if (follows) {
            write(",");
        }
        follows = true;
        for (byte[] part : form.item().parts(object)) {
            opened().write(part);
        }
    }

    /** All is written. Not called when something failed: then the client must see that the list is not whole. */
    void end() throws Exchange.GoneException {
        write("]}");
        opened().end();
    }

    private void write(String text) throws Exchange.GoneException {
        opened().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private Exchange.Pieces opened() {
        if (out == null) {
            throw new IllegalStateException("the list has not begun");
        }
        return out;
    }
}
