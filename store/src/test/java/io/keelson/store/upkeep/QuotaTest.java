package io.keelson.store.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuotaTest {

    @Test
    void whatWasAdmittedCountsUntilTheNextMeasurement() {
        var quota = new Quota(1_000);
        quota.measured(400);
        assertThat(quota.admits(300)).isTrue();
        assertThat(quota.admits(300)).as("400 + 300 + 300 is not below 1,000").isFalse();
        assertThat(quota.admits(299)).isTrue();
        quota.measured(450);
        assertThat(quota.admits(500)).isTrue();
    }

    @Test
    void whatCostsNothingIsAlwaysAdmitted() {
        var quota = new Quota(1_000);
        quota.measured(5_000);
        assertThat(quota.admits(0)).isTrue();
        assertThat(quota.admits(1)).isFalse();
    }

    @Test
    void thereMayBeNoBound() {
        var quota = new Quota(Long.MAX_VALUE);
        quota.measured(Long.MAX_VALUE - 1);
        assertThat(quota.admits(1L << 40)).isTrue();
    }
}
