package io.keelson.orchestrator.kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not UTF-8 is refused, and nothing of it is replaced. */
class Utf8Test {

    private static byte[] with(String hex) {
        return HexFormat.of().parseHex("7b0a2261223a2261" + hex + "227d");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ff", "c3", "c0af", "e282", "eda080", "eda0bdedb880", "f5808080", "80"})
    void whatIsNotUtf8IsRefusedWithItsPlace(String hex) {
        assertThatThrownBy(() -> Json.parse(with(hex)))
                .isInstanceOf(MalformedJsonException.class)
                .hasMessage(
                        "is not JSON: has a byte that is not UTF-8, 0x" + hex.substring(0, 2) + " (line 2, column 7)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"efbfbd", "f09f9880", "c3a4", "e282ac", "7f"})
    void whatIsStaysAsItIs(String hex) {
        String letter = new String(HexFormat.of().parseHex(hex), StandardCharsets.UTF_8);
        assertThat(Json.string(Json.parse(with(hex)), "a")).contains("a" + letter);
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheText() {
        assertThat(Json.parse(HexFormat.of().parseHex("efbbbf7b7d"))).isEmpty();
        assertThatThrownBy(() -> Json.parse("{}".getBytes(StandardCharsets.UTF_16)))
                .isInstanceOf(MalformedJsonException.class);
    }
}
