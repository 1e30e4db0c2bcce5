package io.keelson.orchestrator.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.keelson.orchestrator.kind.Json;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** An OpenID provider on loopback over HTTPS, with an authority of its own: discovery, keys, tokens; good ones and forged ones. */
public final class TestOidcIssuer implements AutoCloseable {

    private static final Base64.Encoder URL = Base64.getUrlEncoder().withoutPadding();

    private final HttpsServer server;
    private final Path ca;
    private final Map<String, KeyPair> keys = new ConcurrentHashMap<>();
    private final AtomicInteger fetches = new AtomicInteger();
    private volatile String claimed;
    private volatile boolean down;

    private TestOidcIssuer(HttpsServer server, Path ca) {
        this.server = server;
        this.ca = ca;
        this.claimed = url();
    }

    /** Starts one that keeps its certificates below a directory, and has no key yet. */
    public static TestOidcIssuer start(Path directory) throws IOException {
        TestAuthority authority = new TestAuthority(Files.createTempDirectory(directory, "oidc"));
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(TestConversionWebhook.context(authority.server())));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        TestOidcIssuer issuer = new TestOidcIssuer(server, authority.certificate());
        server.createContext("/tenant/.well-known/openid-configuration", issuer::discovery);
        server.createContext("/tenant/keys", issuer::keySet);
        server.start();
        return issuer;
    }

    /** Its name, with a path, as providers of many tenants have. */
    public String url() {
        return "https://127.0.0.1:" + server.getAddress().getPort() + "/tenant";
    }

    /** Who vouches for its server. */
    public Path ca() {
        return ca;
    }

    /** How often its keys were asked for. */
    public int fetches() {
        return fetches.get();
    }

    /** From now on its discovery document is another issuer's. */
    public void claimToBe(String issuer) {
        claimed = issuer;
    }

    /** Whether it answers 503 from now on. */
    public void down(boolean is) {
        down = is;
    }

    /** A new key, RSA. */
    public KeyPair newKey(String id) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        keys.put(id, pair);
        return pair;
    }

    /** A new key on the curve P-256. */
    public KeyPair newCurveKey(String id) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        keys.put(id, pair);
        return pair;
    }

    /** Gives a key up. */
    public void retire(String id) {
        keys.remove(id);
    }

    private void discovery(HttpExchange exchange) throws IOException {
        answer(exchange, Json.object().put("issuer", claimed).put("jwks_uri", url() + "/keys"));
    }

    private void keySet(HttpExchange exchange) throws IOException {
        fetches.incrementAndGet();
        ObjectNode set = Json.object();
        ArrayNode all = set.putArray("keys");
        keys.forEach((id, pair) -> all.add(jwk(id, pair)));
        answer(exchange, set);
    }

    private void answer(HttpExchange exchange, ObjectNode document) throws IOException {
        byte[] bytes = Json.write(document);
        exchange.sendResponseHeaders(down ? 503 : 200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static ObjectNode jwk(String id, KeyPair pair) {
        ObjectNode jwk = Json.object().put("kid", id).put("use", "sig");
        return switch (pair.getPublic()) {
            case RSAPublicKey rsa ->
                jwk.put("kty", "RSA")
                        .put("n", number(rsa.getModulus(), 256))
                        .put("e", number(rsa.getPublicExponent(), 3));
            case ECPublicKey ec ->
                jwk.put("kty", "EC")
                        .put("crv", "P-256")
                        .put("x", number(ec.getW().getAffineX(), 32))
                        .put("y", number(ec.getW().getAffineY(), 32));
            default -> throw new IllegalStateException("no such key");
        };
    }

    private static String number(BigInteger number, int bytes) {
        byte[] all = number.toByteArray();
        byte[] sized = new byte[bytes];
        int length = Math.min(bytes, all.length);
        System.arraycopy(all, all.length - length, sized, bytes - length, length);
        return URL.encodeToString(sized);
    }

    /** A token with a header of any kind, signed by a key as its algorithm says. */
    public static String token(String algorithm, String keyId, Key key, ObjectNode claims) {
        ObjectNode header =
                Json.object().put("alg", algorithm).put("typ", "JWT").put("kid", keyId);
        String signed = URL.encodeToString(Json.write(header)) + "." + URL.encodeToString(Json.write(claims));
        try {
            return signed + "."
                    + URL.encodeToString(signature(algorithm, key, signed.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] signature(String algorithm, Key key, byte[] signed) throws GeneralSecurityException {
        if (algorithm.equals("none")) {
            return new byte[0];
        }
        if (algorithm.equals("HS256")) {
            // What a careless verifier would compute, too: the public key taken for a secret.
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.getEncoded(), "HmacSHA256"));
            return mac.doFinal(signed);
        }
        Signature signature =
                Signature.getInstance(algorithm.equals("ES256") ? "SHA256withECDSAinP1363Format" : "SHA256withRSA");
        signature.initSign((PrivateKey) key);
        signature.update(signed);
        return signature.sign();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
