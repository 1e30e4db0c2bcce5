package io.keelson.cli.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;

/** A program that answers with what it is sent, and who tries it over a port. */
public final class Echo {

    private Echo() {}

    /** Answers every connection with what it sends, until the socket is closed; on a thread of its own. */
    public static void start(ServerSocket program) {
        Thread.ofVirtual().start(() -> {
            while (!program.isClosed()) {
                try (Socket one = program.accept()) {
                    one.getInputStream().transferTo(one.getOutputStream());
                } catch (IOException e) {
                    // Closed.
                }
            }
        });
    }

    /** What comes back over a port of this machine; nothing if the connection is reset. */
    public static byte[] exchanged(int port, byte[] sent) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            Thread.ofVirtual().start(() -> {
                try {
                    socket.getOutputStream().write(sent);
                    socket.shutdownOutput();
                } catch (IOException e) {
                    // Refused: the other side says why.
                }
            });
            return socket.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            return new byte[0];
        }
    }
}
