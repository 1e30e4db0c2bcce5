package io.keelson.cli.quick;

import io.netty.internal.tcnative.Buffer;
import io.netty.internal.tcnative.CertificateVerifier;
import io.netty.internal.tcnative.Library;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * TLS 1.3 by BoringSSL, through the natives that Netty publishes: a handshake takes 2 ms where the JDK's takes a quarter of a second in a
 * process that has not compiled it yet. The server proves to have its certificate's key; whether the certificate is good is the judge's
 * part, as these natives hold no check of certificates.
 */
final class BoringTls implements Tls {

    private static final int BUFFER_BYTES = 32 * 1024;
    /** What the handshake says while no buffer is there for it. */
    private static final int OWN_WORDS_BYTES = 64 * 1024;

    private final SocketChannel channel;
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final ByteBuffer plain = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final long inAddress = Buffer.address(in);
    private final long outAddress = Buffer.address(out);
    private final long plainAddress = Buffer.address(plain);
    private final long context;
    private final long ssl;
    private final long wire;
    private boolean accepted;

    /** Loads the natives, which must be in a file of the name that Netty gave it. */
    @SuppressWarnings("restricted") // As all that is not Java is; the program is started with leave for it.
    static void load(String library) throws StepAside {
        try {
            System.load(library);
            Library.initialize("provided", null);
        } catch (Exception | LinkageError unusable) {
            throw new StepAside("no native TLS: " + unusable.getMessage());
        }
    }

    private BoringTls(SocketChannel channel, QuickAccess access, Judge judge) throws Exception {
        this.channel = channel;
        context = SSLContext.make(SSL.SSL_PROTOCOL_TLSV1_3, SSL.SSL_MODE_CLIENT);
        SSLContext.setVerify(context, SSL.SSL_CVERIFY_REQUIRED, 10);
        SSLContext.setCertVerifyCallback(context, new CertificateVerifier() {
            @Override
            public int verify(long connection, byte[][] chain, String algorithm) {
                accepted = judge.accepts(chain);
                return accepted ? X509_V_OK : X509_V_ERR_CERT_UNTRUSTED;
            }
        });
        SSLContext.setAlpnProtos(context, new String[] {"h2"}, SSL.SSL_SELECTOR_FAILURE_NO_ADVERTISE);
        ssl = SSL.newSSL(context, false);
        long certificate = memory(access.certificate());
        long chain = SSL.parseX509Chain(certificate);
        long secret = memory(access.key());
        long key = SSL.parsePrivateKey(secret, null);
        SSL.setKeyMaterial(ssl, chain, key);
        SSL.freePrivateKey(key);
        SSL.freeX509Chain(chain);
        SSL.freeBIO(secret);
        SSL.freeBIO(certificate);
        wire = SSL.bioNewByteBuffer(ssl, OWN_WORDS_BYTES);
    }

    /** Shakes hands over a connected, blocking channel, which it then closes with itself. */
    static BoringTls connect(SocketChannel channel, QuickAccess access, Judge judge) throws IOException {
        BoringTls tls;
        try {
            tls = new BoringTls(channel, access, judge);
        } catch (IOException failed) {
            throw failed;
        } catch (Exception refused) {
            throw new IOException(refused);
        }
        try {
            tls.shakeHands();
            return tls;
        } catch (IOException failed) {
            tls.close();
            throw failed;
        }
    }

    private static long memory(String pem) throws Exception {
        byte[] bytes = pem.getBytes(StandardCharsets.ISO_8859_1);
        long bio = SSL.newMemBIO();
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes);
        if (SSL.bioWrite(bio, Buffer.address(direct), bytes.length) != bytes.length) throw new IOException("no memory");
        return bio;
    }

    private void shakeHands() throws IOException {
        while (true) {
            offer();
            int done = SSL.doHandshake(ssl);
            take();
            int error = done == 1 ? SSL.SSL_ERROR_NONE : SSL.getError(ssl, done);
            send();
            if (done == 1) break;
            if (error != SSL.SSL_ERROR_WANT_READ && error != SSL.SSL_ERROR_WANT_WRITE) throw failure();
            receive();
        }
        if (!accepted || !"h2".equals(SSL.getAlpnSelected(ssl))) throw new IOException("not a server of this cluster");
    }

    private static IOException failure() {
        return new IOException("TLS: " + SSL.getLastError());
    }

    /** Lets BoringSSL read what came. */
    private void offer() {
        SSL.bioSetByteBuffer(wire, inAddress, in.position(), false);
    }

    /** Keeps what it has not read. */
    private void take() {
        int left = SSL.bioLengthByteBuffer(wire);
        SSL.bioClearByteBuffer(wire);
        in.limit(in.position()).position(in.position() - left);
        in.compact();
    }

    /** Sends what BoringSSL has to say. */
    private void send() throws IOException {
        while (true) {
            SSL.bioSetByteBuffer(wire, outAddress, out.capacity(), true);
            SSL.bioFlushByteBuffer(wire);
            int left = SSL.bioLengthByteBuffer(wire);
            SSL.bioClearByteBuffer(wire);
            out.clear().limit(out.capacity() - left);
            if (!out.hasRemaining()) return;
            while (out.hasRemaining()) channel.write(out);
        }
    }

    private void receive() throws IOException {
        if (!in.hasRemaining()) throw new IOException("a record that is too long");
        if (channel.read(in) < 0) throw new EOFException();
    }

    @Override
    public void write(byte[] bytes, int length) throws IOException {
        int sent = 0;
        while (sent < length) {
            int part = Math.min(length - sent, SSL.SSL_MAX_PLAINTEXT_LENGTH);
            plain.clear().put(bytes, sent, part);
            if (SSL.writeToSSL(ssl, plainAddress, part) != part) throw failure();
            send();
            sent += part;
        }
    }

    @Override
    public int read(byte[] into, int from) throws IOException {
        while (true) {
            offer();
            int count = SSL.readFromSSL(ssl, plainAddress, Math.min(plain.capacity(), into.length - from));
            take();
            if (count > 0) {
                plain.clear().get(into, from, count);
                return count;
            }
            int error = SSL.getError(ssl, count);
            send();
            if (error != SSL.SSL_ERROR_WANT_READ) throw failure();
            receive();
        }
    }

    @Override
    public void close() {
        // With what is between it and the wire.
        SSL.freeSSL(ssl);
        SSLContext.free(context);
        try {
            channel.close();
        } catch (IOException alreadyGone) {
            // Nothing is lost with it.
        }
    }
}
