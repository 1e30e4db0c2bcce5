package io.keelson.orchestrator.http;

import java.io.ByteArrayOutputStream;

/** Events as the lines or messages of an answer that goes on. */
final class EventsInPieces implements EventSink {

    /** What may stand between two JSON values and means nothing. */
    private static final byte[] NOTHING = {' '};

    private final Exchange.Pieces out;
    private final boolean protobuf;
    private final ByteArrayOutputStream piece = new ByteArrayOutputStream(0);

    EventsInPieces(Exchange.Pieces out, boolean protobuf) {
        this.out = out;
        this.protobuf = protobuf;
    }

    @Override
    public void write(byte[] event, boolean more) throws Exchange.GoneException {
        if (!more && piece.size() == 0) {
            out.write(event);
            return;
        }
        piece.writeBytes(event);
        if (piece.size() >= PIECE_BYTES) {
            writePiece();
        }
    }

    private void writePiece() throws Exchange.GoneException {
        if (piece.size() > 0) {
            out.write(piece.toByteArray());
            piece.reset();
        }
    }

    @Override
    public void flush() throws Exchange.GoneException {
        writePiece();
        out.flush();
    }

    @Override
    public void nothing() throws Exchange.GoneException {
        if (protobuf) {
            out.alive();
        } else {
            out.write(NOTHING);
        }
        out.flush();
    }

    @Override
    public void end() throws Exchange.GoneException {
        out.end();
    }
}
