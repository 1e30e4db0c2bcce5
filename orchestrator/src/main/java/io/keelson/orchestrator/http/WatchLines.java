package io.keelson.orchestrator.http;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.ObjectEvent;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.ProtobufWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Writes the events of one watch as lines, or as protobuf messages. What one says is made once for all watches that want it so. */
final class WatchLines {

    private static final byte[] END = bytes("}\n");

    private final Objects objects;
    private final Kind kind;
    private final Objects.Form form;
    private final EventSink out;
    private boolean columnsSent;

    WatchLines(Objects objects, Kind kind, Objects.Form form, EventSink out) {
        this.objects = objects;
        this.kind = kind;
        this.form = form;
        this.out = out;
    }

    /**
     * An event as a line.
     *
     * @param columns whether a table names its columns, as the first of a watch does
     */
    private record Line(Objects objects, Objects.Form form, boolean columns) implements ObjectEvent.Form<byte[]> {

        @Override
        public byte[] of(ObjectEvent event) {
            String type = event.type().name();
            return form.representation().isProtobuf()
                    ? ProtobufWriter.event(type, objects.one(event.version().kind(), event.object(), form))
                    : line(type, object(event));
        }

        private byte[] object(ObjectEvent event) {
            return switch (form.representation()) {
                case JSON, YAML, DISCOVERY -> event.version().json();
                case METADATA, METADATA_LIST, PROTOBUF, PROTOBUF_METADATA, TABLE -> {
                    ObjectNode shown = objects.one(event.version().kind(), event.object(), form);
                    if (form.representation() == Representation.TABLE && !columns) {
                        shown.putArray("columnDefinitions");
                    }
                    yield Json.write(shown);
                }
            };
        }
    }

    /** Writes changes; bookmarks among them are left out. */
    void write(List<ObjectEvent> events) throws Exchange.GoneException {
        for (ObjectEvent event : events) {
            if (event.type() != ObjectEvent.Type.BOOKMARK) {
                out.write(event.in(new Line(objects, form, !columnsSent)), events.size() > 1);
                columnsSent = true;
            }
        }
        out.flush();
    }

    /** Says up to which revision everything was told; to who wants tables, for whom there is no such thing, that somebody is there. */
    void bookmark(long revision) throws Exchange.GoneException {
        if (form.representation() == Representation.TABLE) {
            nothing();
        } else {
            write("BOOKMARK", ObjectEvent.bookmark(kind, revision).object());
        }
    }

    /** Says that all that existed at first was told. */
    void endOfBeginning(long revision) throws Exchange.GoneException {
        ObjectNode object = ObjectEvent.bookmark(kind, revision).object();
        Json.child(Json.child(object, "metadata"), "annotations").put("k8s.io/initial-events-end", "true");
        write("BOOKMARK", object);
    }

    /** Says nothing; that this fails is how it is noticed that a client has gone. */
    void nothing() throws Exchange.GoneException {
        out.nothing();
    }

    void error(ApiException e) throws Exchange.GoneException {
        send("ERROR", e.status());
    }

    private void write(String type, ObjectNode object) throws Exchange.GoneException {
        send(type, objects.one(kind, object, form));
    }

    private void send(String type, ObjectNode shown) throws Exchange.GoneException {
        byte[] event =
                form.representation().isProtobuf() ? ProtobufWriter.event(type, shown) : line(type, Json.write(shown));
        out.write(event, false);
        out.flush();
    }

    /** "type" comes first, for a reader that looks only there. */
    private static byte[] line(String type, byte[] object) {
        byte[] begin = bytes("{\"type\":\"" + type + "\",\"object\":");
        byte[] line = new byte[begin.length + object.length + END.length];
        System.arraycopy(begin, 0, line, 0, begin.length);
        System.arraycopy(object, 0, line, begin.length, object.length);
        System.arraycopy(END, 0, line, begin.length + object.length, END.length);
        return line;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
