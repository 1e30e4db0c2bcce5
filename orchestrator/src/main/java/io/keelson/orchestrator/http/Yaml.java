package io.keelson.orchestrator.http;

import io.keelson.orchestrator.kind.MalformedJsonException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** YAML to JSON and back. */
final class Yaml {

    private static final YAMLMapper MAPPER = YAMLMapper.builder(YAMLFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();
    private static final JsonMapper JSON = JsonMapper.shared();

    private Yaml() {}

    /**
     * The same value as JSON.
     *
     * @throws MalformedJsonException if the text is not YAML; the message says where
     */
    static byte[] toJson(byte[] yaml) {
        try {
            return JSON.writeValueAsBytes(MAPPER.readTree(yaml));
        } catch (JacksonException e) {
            throw new MalformedJsonException("is not YAML: " + e.getOriginalMessage() + " (line "
                    + e.getLocation().getLineNr() + ", column "
                    + e.getLocation().getColumnNr() + ")");
        }
    }

    static byte[] fromJson(JsonNode value) {
        return MAPPER.writeValueAsBytes(value);
    }
}
