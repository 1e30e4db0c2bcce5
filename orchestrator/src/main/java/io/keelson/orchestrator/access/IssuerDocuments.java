package io.keelson.orchestrator.access;

import io.keelson.orchestrator.kind.Json;
import java.math.BigInteger;
import java.security.interfaces.ECPublicKey;
import java.util.Base64;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What others need to know to prove this cluster's tokens: OpenID's discovery document and the public keys. */
public final class IssuerDocuments {

    private static final int COORDINATE_BYTES = 32;

    private final TokenKeys keys;
    private final String issuer;

    IssuerDocuments(TokenKeys keys, String issuer) {
        this.keys = keys;
        this.issuer = issuer;
    }

    /** {@code /.well-known/openid-configuration}. */
    public ObjectNode configuration() {
        ObjectNode document = Json.object().put("issuer", issuer).put("jwks_uri", issuer + "/openid/v1/jwks");
        document.putArray("response_types_supported").add("id_token");
        document.putArray("subject_types_supported").add("public");
        document.putArray("id_token_signing_alg_values_supported").add("ES256");
        return document;
    }

    /** {@code /openid/v1/jwks}: the keys, the newest first. */
    public ObjectNode keySet() {
        ObjectNode document = Json.object();
        ArrayNode list = document.putArray("keys");
        for (TokenKey key : keys.all()) {
            if (key.pair().getPublic() instanceof ECPublicKey open) {
                list.addObject()
                        .put("use", "sig")
                        .put("kty", "EC")
                        .put("kid", key.id())
                        .put("crv", "P-256")
                        .put("alg", "ES256")
                        .put("x", coordinate(open.getW().getAffineX()))
                        .put("y", coordinate(open.getW().getAffineY()));
            }
        }
        return document;
    }

    private static String coordinate(BigInteger value) {
        byte[] bytes = value.toByteArray();
        byte[] whole = new byte[COORDINATE_BYTES];
        int length = Math.min(bytes.length, COORDINATE_BYTES);
        System.arraycopy(bytes, bytes.length - length, whole, COORDINATE_BYTES - length, length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(whole);
    }
}
