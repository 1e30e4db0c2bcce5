package io.keelson.orchestrator.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.http.HttpPrologue;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.http1.spi.Http1Upgrader;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests that ask for another protocol have their connection. Helidon gives it to upgraders only, which would have to do without all
 * that a request passes: who asks, may it, is it told of. So the upgrader declines, and remembers the connection for the request, which is
 * served next and by the same thread.
 */
final class Upgrades implements Http1Upgrader {

    private static final ThreadLocal<@Nullable ConnectionContext> CONNECTION = new ThreadLocal<>();

    private final String protocol;

    private Upgrades(String protocol) {
        this.protocol = protocol;
    }

    /**
     * HTTP/1.1 with the protocols that may take its place.
     *
     * @param limits of HTTP/1.1: what is configured as a protocol of the server does not reach a selector
     */
    static ServerConnectionSelector selector(Http1Config limits) {
        return Http1ConnectionSelector.builder()
                .config(limits)
                .addUpgrader(new Upgrades("websocket"))
                .addUpgrader(new Upgrades("SPDY/3.1"))
                .build();
    }

    /** The connection of the request that this thread serves, if that has asked for another protocol. */
    static Optional<Wire> ofThisThread() {
        return Optional.ofNullable(CONNECTION.get())
                .map(connection -> new Wire(new In(connection.dataReader()), new Out(connection)));
    }

    @Override
    public String supportedProtocol() {
        return protocol;
    }

    @Override
    @SuppressWarnings("NullAway") // Null is how an upgrader declines.
    public ServerConnection upgrade(ConnectionContext connection, HttpPrologue prologue, WritableHeaders<?> headers) {
        CONNECTION.set(connection);
        return null;
    }

    private static final class In extends PieceInput {
        private final DataReader reader;

        In(DataReader reader) {
            this.reader = reader;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            try {
                reader.ensureAvailable();
                int n = Math.min(length, reader.available());
                System.arraycopy(reader.readBytes(n), 0, into, offset, n);
                return n;
            } catch (DataReader.InsufficientDataAvailableException e) {
                return -1;
            } catch (RuntimeException e) {
                // Which exception it is depends on the moment; while reading it can only mean that the client has gone.
                throw new IOException("the client has gone", e);
            }
        }
    }

    private static final class Out extends OutputStream {
        private final ConnectionContext connection;

        Out(ConnectionContext connection) {
            this.connection = connection;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                connection.dataWriter().writeNow(BufferData.create(bytes, offset, length));
            } catch (RuntimeException e) {
                throw new IOException("the client has gone", e);
            }
        }
    }
}
