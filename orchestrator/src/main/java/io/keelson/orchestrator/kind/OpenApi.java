package io.keelson.orchestrator.kind;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/** The API described for machines, as Kubernetes serves it under {@code /openapi/v3}. Built once, on first use. */
public final class OpenApi {

    /** No record, for those compare arrays by identity. */
    private static final class Document {
        private final byte[] bytes;
        private final String hash;

        Document(byte[] bytes) {
            this.bytes = bytes;
            this.hash = sha256(bytes);
        }
    }

    private static final class Holder {
        static final Map<String, Document> DOCUMENTS = build();
        static final byte[] INDEX = buildIndex(DOCUMENTS);
    }

    private OpenApi() {}

    /** The body of {@code /openapi/v3}: for each group and version the address of its document, with a hash of it. */
    public static byte[] index() {
        return Holder.INDEX.clone();
    }

    /** The document of a group and version named as in paths, {@code api/v1} or {@code apis/apps/v1}; empty if there is none. */
    public static Optional<byte[]> document(String groupVersion) {
        return Optional.ofNullable(Holder.DOCUMENTS.get(groupVersion)).map(document -> document.bytes.clone());
    }

    /** The hash of a document, as the index shows it; good as an ETag. */
    public static Optional<String> hash(String groupVersion) {
        return Optional.ofNullable(Holder.DOCUMENTS.get(groupVersion)).map(document -> document.hash);
    }

    private static Map<String, Document> build() {
        Map<String, OpenApiDocument> drafts = new TreeMap<>();
        for (Kind kind : Kinds.builtIn().all()) {
            String groupVersion = (kind.group().isEmpty() ? "api/" : "apis/") + kind.apiVersion();
            drafts.computeIfAbsent(groupVersion, OpenApiDocument::new).add(kind);
        }
        Map<String, Document> documents = new TreeMap<>();
        drafts.forEach((groupVersion, draft) -> documents.put(groupVersion, new Document(Json.write(draft.build()))));
        return documents;
    }

    private static byte[] buildIndex(Map<String, Document> documents) {
        ObjectNode index = Json.object();
        ObjectNode paths = index.putObject("paths");
        documents.forEach((groupVersion, document) -> paths.putObject(groupVersion)
                .put("serverRelativeURL", "/openapi/v3/" + groupVersion + "?hash=" + document.hash));
        return Json.write(index);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of()
                    .withUpperCase()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
