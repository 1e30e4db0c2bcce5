package io.keelson.orchestrator.http;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.registry.Reason;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

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
    /** Groups, versions and resources in one document; only for discovery. */
    DISCOVERY("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");

    private final String contentType;

    Representation(String contentType) {
        this.contentType = contentType;
    }

    String contentType() {
        return contentType;
    }

    /** The first form in an Accept header that this server can give; JSON if the header is empty. */
    static Representation accepted(String accept) {
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
                case "*/*", "application/*", "text/plain" -> {
                    return JSON;
                }
                default -> {}
            }
        }
        throw new ApiException(
                Reason.NOT_ACCEPTABLE,
                "only the following media types are accepted: application/json, application/yaml");
    }
}
