package io.keelson.cli.manifest;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What an unquoted word of YAML means. Manifests are YAML 1.1 as kubectl reads it: {@code yes} and {@code on} are true, {@code 0644} is
 * octal. YAML 1.2 would make 644 of a file mode.
 */
final class Scalars {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final Pattern NULL = Pattern.compile("~|null|Null|NULL|");
    private static final Pattern TRUE = Pattern.compile("true|True|TRUE|yes|Yes|YES|on|On|ON");
    private static final Pattern FALSE = Pattern.compile("false|False|FALSE|no|No|NO|off|Off|OFF");
    private static final Pattern DECIMAL = Pattern.compile("[-+]?(?:0|[1-9][0-9]*)");
    private static final Pattern OCTAL = Pattern.compile("([-+]?)0o?([0-7]+)");
    private static final Pattern HEX = Pattern.compile("([-+]?)0x([0-9a-fA-F]+)");
    private static final Pattern FLOAT =
            Pattern.compile("[-+]?(?:[0-9]+\\.[0-9]*|\\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]{1,3})?");

    private Scalars() {}

    static JsonNode plain(String word) {
        if (NULL.matcher(word).matches()) return NODES.nullNode();
        if (TRUE.matcher(word).matches()) return NODES.booleanNode(true);
        if (FALSE.matcher(word).matches()) return NODES.booleanNode(false);
        return number(word).orElseGet(() -> NODES.stringNode(word));
    }

    private static Optional<JsonNode> number(String word) {
        char first = word.charAt(0);
        if (first != '-' && first != '+' && first != '.' && (first < '0' || first > '9')) return Optional.empty();
        if (DECIMAL.matcher(word).matches()) return Optional.of(integer(new BigInteger(word)));
        var octal = OCTAL.matcher(word);
        if (octal.matches()) return Optional.of(integer(new BigInteger(octal.group(1) + octal.group(2), 8)));
        var hex = HEX.matcher(word);
        if (hex.matches()) return Optional.of(integer(new BigInteger(hex.group(1) + hex.group(2), 16)));
        if (FLOAT.matcher(word).matches()) return Optional.of(NODES.numberNode(new BigDecimal(word)));
        return Optional.empty();
    }

    private static JsonNode integer(BigInteger value) {
        if (value.bitLength() < Integer.SIZE) return NODES.numberNode(value.intValue());
        return value.bitLength() < Long.SIZE ? NODES.numberNode(value.longValue()) : NODES.numberNode(value);
    }
}
