package io.keelson.orchestrator.kind;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Addresses and ranges as people write them. */
class IpTextTest {

    private static String canonical(String text) {
        return IpText.of(text).map(IpText::canonical).orElse("none");
    }

    @Test
    void anAddressHasOneCanonicalForm() {
        assertThat(canonical("10.0.0.1")).isEqualTo("10.0.0.1");
        assertThat(canonical("010.000.0.01")).as("decimal, whatever C says").isEqualTo("10.0.0.1");
        assertThat(canonical("FE80:0:0:0:0:0:0:0abc")).isEqualTo("fe80::abc");
        assertThat(canonical("2001:db8::0:1:0:0:1")).isEqualTo("2001:db8::1:0:0:1");
        assertThat(canonical("1:0:2:3:4:5:6:7")).as("one group is no gap").isEqualTo("1:0:2:3:4:5:6:7");
        assertThat(canonical("1:2:3:4:5:6::")).isEqualTo("1:2:3:4:5:6::");
        assertThat(canonical("::")).isEqualTo("::");
        assertThat(canonical("::1")).isEqualTo("::1");
        assertThat(canonical("::ffff:1.2.3.4")).isEqualTo("1.2.3.4");
        assertThat(canonical("64:ff9b::1.2.3.4")).isEqualTo("64:ff9b::102:304");
    }

    @Test
    void whatIsNoAddressIsNotRead() {
        for (String text : List.of(
                "",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "1.2.3.",
                "a.b.c.d",
                "1.2.3.4 ",
                ":",
                ":::",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4::5:6:7:8",
                "12345::",
                "g::",
                "1.2.3.4::",
                "::1.2.3.4:1",
                "::1.2.3",
                "fe80::1%eth0",
                "\u0661.2.3.4",
                "0".repeat(80) + ".1.1.1")) {
            assertThat(IpText.of(text)).as(text).isEmpty();
        }
    }

    @Test
    void whatJavaPrintsIsReadAsTheSameAddress() throws UnknownHostException {
        long seed = 4858;
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = new byte[i % 2 == 0 ? 4 : 16];
            random.nextBytes(bytes);
            for (int zero = random.nextInt(bytes.length); zero > 0; zero--) {
                bytes[random.nextInt(bytes.length)] = 0;
            }
            InetAddress address = InetAddress.getByAddress(bytes);
            String canonical = canonical(address.getHostAddress());
            assertThat(InetAddress.ofLiteral(canonical))
                    .as("seed " + seed + ": " + address)
                    .isEqualTo(address);
            assertThat(canonical(canonical)).isEqualTo(canonical);
        }
    }

    @Test
    void aRangeIsReadWithItsPrefix() {
        for (String text :
                List.of("10.0.0.0", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/a", "x/8", "1.2.3.4/-1")) {
            assertThat(CidrText.of(text)).as(text).isEmpty();
        }
        assertThat(CidrText.of("10.1.2.3/8").orElseThrow().canonical()).isEqualTo("10.0.0.0/8");
        assertThat(CidrText.of("10.1.2.3/8").orElseThrow().hasBitsBeyond()).isTrue();
        assertThat(CidrText.of("0.0.0.0/0").orElseThrow().hasBitsBeyond()).isFalse();
        assertThat(CidrText.of("2001:DB8::/32").orElseThrow().canonical()).isEqualTo("2001:db8::/32");
    }
}
