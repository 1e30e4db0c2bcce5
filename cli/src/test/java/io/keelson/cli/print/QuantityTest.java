package io.keelson.cli.print;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuantityTest {

    @Test
    void thousandthsAreRoundedUp() {
        assertThat(Quantity.millis("123456789n")).contains(124L);
        assertThat(Quantity.millis("250m")).contains(250L);
        assertThat(Quantity.millis("1.5")).contains(1500L);
        assertThat(Quantity.millis("0")).contains(0L);
    }

    @Test
    void bytesHaveUnitsOfTwoKinds() {
        assertThat(Quantity.whole("3Ki")).contains(3072L);
        assertThat(Quantity.whole("1.5Gi")).contains(1610612736L);
        assertThat(Quantity.whole("2M")).contains(2_000_000L);
        assertThat(Quantity.whole("17")).contains(17L);
        assertThat(Quantity.whole("1e3")).contains(1000L);
    }

    @Test
    void whatIsNoAmountIsNone() {
        assertThat(Quantity.whole("")).isEmpty();
        assertThat(Quantity.whole("Ki")).isEmpty();
        assertThat(Quantity.whole("3Zz")).isEmpty();
    }
}
