package io.keelson.orchestrator.kind;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/** The API described for machines, as Kubernetes serves it under {@code /openapi/v3}. Immutable; built on first use. */
public final class OpenApi {

    /** No record, for those compare arrays by identity. */
    private static final class Document {
        private final List<Kind> rows;
        private final byte[] bytes;
        private final String hash;

        Document(List<Kind> rows, byte[] bytes) {
            this.rows = rows;
            this.bytes = bytes;
            this.hash = sha256(bytes);
        }

        /** Rows are equal by name already, but a kind may have changed its form. */
        boolean isOf(List<Kind> others) {
            boolean same = rows.size() == others.size();
            for (int i = 0; same && i < rows.size(); i++) {
                same = isSameRow(rows.get(i), others.get(i));
            }
            return same;
        }

        @SuppressWarnings("ReferenceEquality")
        private static boolean isSameRow(Kind one, Kind other) {
            return one == other;
        }
    }

    private final Map<String, List<Kind>> rows = new TreeMap<>();
    private final Map<String, Document> before;
    private final Lazy<Map<String, Document>> documents = new Lazy<>(this::build);
    private final Lazy<byte[]> index = new Lazy<>(() -> buildIndex(documents.get()));

    private final Lazy<byte[]> v2;

    private OpenApi(Kinds kinds, Map<String, Document> before) {
        this.before = before;
        this.v2 = new Lazy<>(() -> OpenApiV2.document(kinds));
        for (Kind kind : kinds.all()) {
            String groupVersion = (kind.group().isEmpty() ? "api/" : "apis/") + kind.apiVersion();
            rows.computeIfAbsent(groupVersion, _ -> new ArrayList<>()).add(kind);
        }
        rows.put("apis/" + MetricsKinds.NODE.apiVersion(), MetricsKinds.ALL);
    }

    /** The API of a table of kinds. */
    public static OpenApi of(Kinds kinds) {
        return new OpenApi(kinds, Map.of());
    }

    /** The API of another table of kinds; documents of groups and versions that are the same in both are not made again. */
    public OpenApi next(Kinds kinds) {
        return new OpenApi(kinds, documents.ifMade().orElse(before));
    }

    /** The body of {@code /openapi/v3}: for each group and version the address of its document, with a hash of it. */
    public byte[] index() {
        return index.get().clone();
    }

    /** The body of {@code /openapi/v2}: the whole API in one document, in protobuf. */
    public byte[] v2() {
        return v2.get().clone();
    }

    /** The document of a group and version named as in paths, {@code api/v1} or {@code apis/apps/v1}; empty if there is none. */
    public Optional<byte[]> document(String groupVersion) {
        return Optional.ofNullable(documents.get().get(groupVersion)).map(document -> document.bytes.clone());
    }

    /** The hash of a document, as the index shows it; good as an ETag. */
    public Optional<String> hash(String groupVersion) {
        return Optional.ofNullable(documents.get().get(groupVersion)).map(document -> document.hash);
    }

    private Map<String, Document> build() {
        Map<String, Document> built = new TreeMap<>();
        rows.forEach((groupVersion, kinds) -> {
            Document old = before.get(groupVersion);
            built.put(groupVersion, old != null && old.isOf(kinds) ? old : document(groupVersion, kinds));
        });
        return built;
    }

    private static Document document(String groupVersion, List<Kind> kinds) {
        OpenApiDocument draft = new OpenApiDocument(groupVersion);
        kinds.forEach(draft::add);
        return new Document(kinds, Json.write(draft.build()));
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
