package io.keelson.orchestrator.http;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.kind.ProtobufWriter;
import io.keelson.orchestrator.registry.Reason;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The form of an answer. */
enum Representation {
    /** The objects. */
    JSON("application/json"),
    /** The objects, for people. */
    YAML("application/yaml"),
    /** A {@code meta.k8s.io/v1 Table}. */
    TABLE("application/json;as=Table;v=v1;g=meta.k8s.io"),
    /** Only the metadata. */
    METADATA("application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"),
    /** Only the metadata, of a list. */
    METADATA_LIST("application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"),
    /** The objects as protobuf; only of kinds that have such a form. */
    PROTOBUF(ProtobufWriter.MEDIA_TYPE),
    /** Only the metadata, also of a list, as protobuf. */
    PROTOBUF_METADATA(ProtobufWriter.MEDIA_TYPE),
    /** Groups, versions and resources in one document; only for discovery. */
    DISCOVERY("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");

    private final String contentType;

    Representation(String contentType) {
        this.contentType = contentType;
    }

    String contentType() {
        return contentType;
    }

    /** Whether it is written as protobuf. */
    boolean isProtobuf() {
        return this == PROTOBUF || this == PROTOBUF_METADATA;
    }

    /**
     * The first form in an Accept header that this server can give; JSON if the header is empty.
     *
     * @param beside those of {@link #PROTOBUF} and {@link #PROTOBUF_METADATA} that can be given of what is asked for
     * @throws ApiException NOT_ACCEPTABLE if there is none
     */
    static Representation accepted(String accept, Set<Representation> beside) {
        if (accept.isBlank()) {
            return JSON;
        }
        for (String clause : accept.split(",", -1)) {
            Map<String, String> parameters = new HashMap<>();
            String[] parts = clause.split(";", -1);
            for (int i = 1; i < parts.length; i++) {
                int at = parts[i].indexOf('=');
                if (at > 0) {
                    parameters.put(
                            parts[i].substring(0, at).trim(),
                            parts[i].substring(at + 1).trim());
                }
            }
            switch (parts[0].trim().toLowerCase(Locale.ROOT)) {
                case "application/json" -> {
                    String as = parameters.getOrDefault("as", "");
                    if (as.isEmpty()) {
                        return JSON;
                    }
                    String form = parameters.getOrDefault("g", "") + "/" + parameters.getOrDefault("v", "") + "/" + as;
                    switch (form) {
                        case "meta.k8s.io/v1/Table" -> {
                            return TABLE;
                        }
                        case "meta.k8s.io/v1/PartialObjectMetadata" -> {
                            return METADATA;
                        }
                        case "meta.k8s.io/v1/PartialObjectMetadataList" -> {
                            return METADATA_LIST;
                        }
                        case "apidiscovery.k8s.io/v2/APIGroupDiscoveryList" -> {
                            return DISCOVERY;
                        }
                        default -> {}
                    }
                }
                case "application/yaml" -> {
                    return YAML;
                }
                case ProtobufWriter.MEDIA_TYPE -> {
                    Optional<Representation> form = protobuf(parameters).filter(beside::contains);
                    if (form.isPresent()) {
                        return form.get();
                    }
                }
                case "*/*", "application/*", "text/plain" -> {
                    return JSON;
                }
                default -> {}
            }
        }
        throw new ApiException(
                Reason.NOT_ACCEPTABLE,
                "only the following media types are accepted: application/json, application/yaml"
                        + (beside.contains(PROTOBUF) ? ", " + ProtobufWriter.MEDIA_TYPE : ""));
    }

    private static Optional<Representation> protobuf(Map<String, String> parameters) {
        boolean ofMeta = parameters.getOrDefault("g", "").equals("meta.k8s.io")
                && parameters.getOrDefault("v", "").equals("v1");
        return switch (parameters.getOrDefault("as", "")) {
            case "" -> Optional.of(PROTOBUF);
            case "PartialObjectMetadata", "PartialObjectMetadataList" ->
                Optional.of(PROTOBUF_METADATA).filter(_ -> ofMeta);
            default -> Optional.empty();
        };
    }
}
