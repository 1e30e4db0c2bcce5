package io.keelson.agent.usage;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Figures in the text form of Prometheus, as they are written down. */
final class TextPage {

    private final StringBuilder text = new StringBuilder();

    /** A figure's name, before its samples. */
    TextPage about(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        return this;
    }

    /**
     * One value.
     *
     * @param labels in the order in which they are given
     * @param at when it was measured; empty for now
     */
    TextPage sample(String name, Map<String, String> labels, double value, Optional<Instant> at) {
        text.append(name);
        if (!labels.isEmpty()) {
            String before = "{";
            for (var label : labels.entrySet()) {
                text.append(before)
                        .append(label.getKey())
                        .append("=\"")
                        .append(escaped(label.getValue()))
                        .append('"');
                before = ",";
            }
            text.append('}');
        }
        text.append(' ').append(value);
        at.ifPresent(time -> text.append(' ').append(time.toEpochMilli()));
        text.append('\n');
        return this;
    }

    /** A figure with one value. */
    TextPage only(String name, String type, String help, double value) {
        return about(name, type, help).sample(name, Map.of(), value, Optional.empty());
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    byte[] bytes() {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
