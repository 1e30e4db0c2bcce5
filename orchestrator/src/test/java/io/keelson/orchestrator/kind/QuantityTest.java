package io.keelson.orchestrator.kind;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuantityTest {

    @Test
    void amountsOfEveryForm() {
        assertThat(Quantity.millis("500m")).contains(500L);
        assertThat(Quantity.millis("2")).contains(2000L);
        assertThat(Quantity.millis("0.1")).contains(100L);
        assertThat(Quantity.millis("1n")).contains(1L);
        assertThat(Quantity.units("128Mi")).contains(134_217_728L);
        assertThat(Quantity.units("1k")).contains(1000L);
        assertThat(Quantity.units("1e3")).contains(1000L);
        assertThat(Quantity.units("1E")).contains(1_000_000_000_000_000_000L);
        assertThat(Quantity.units("1.5Gi")).contains(1_610_612_736L);
        assertThat(Quantity.units("-5")).contains(-5L);
    }

    @Test
    void moreThanFitsIsTheMostThatFits() {
        assertThat(Quantity.units("1e100")).contains(Long.MAX_VALUE);
        assertThat(Quantity.millis("9223372036854775807")).contains(Long.MAX_VALUE);
    }

    @Test
    void whatIsNoAmountIsEmpty() {
        for (String text : new String[] {"", "m", "1 Gi", "1GB", "ten", "1.2.3", "0x10", "1e", "9".repeat(100)}) {
            assertThat(Quantity.parse(text)).as(text).isEmpty();
        }
    }
}
