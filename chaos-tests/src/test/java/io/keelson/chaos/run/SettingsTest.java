package io.keelson.chaos.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keelson.chaos.cluster.Product;
import io.keelson.chaos.nemesis.Kind;
import io.keelson.chaos.workload.Workload;
import org.junit.jupiter.api.Test;

class SettingsTest {

    @Test
    void commandLineBecomesSettings() {
        Settings settings = Settings.parse(
                "--members",
                "5",
                "--seconds",
                "60",
                "--seed",
                "7",
                "--system",
                "etcd",
                "--nemesis",
                "kill,disk-full",
                "--workload",
                "watch",
                "--machines",
                "namespaces",
                "--locks",
                "bare");
        assertThat(settings.members()).isEqualTo(5);
        assertThat(settings.seed()).isEqualTo(7);
        assertThat(settings.product()).isEqualTo(Product.ETCD);
        assertThat(settings.kinds()).containsExactly(Kind.KILL, Kind.DISK_FULL);
        assertThat(settings.workloads()).containsExactly(Workload.WATCH);
        assertThat(settings.containers()).isFalse();
        assertThat(settings.fencing()).isFalse();
    }

    @Test
    void badOptionsAreNamedWithTheReason() {
        assertThatThrownBy(() -> Settings.parse("--member", "3")).hasMessage("there is no option --member");
        assertThatThrownBy(() -> Settings.parse("--members", "9")).hasMessage("--members: 9 is not between 1 and 7");
        assertThatThrownBy(() -> Settings.parse("--seed", "x")).hasMessage("--seed: \"x\" is no number");
        assertThatThrownBy(() -> Settings.parse("--nemesis", "flood"))
                .hasMessageStartingWith("--nemesis: \"flood\" is none of kill, pause");
        assertThatThrownBy(() -> Settings.parse("--system", "etcd", "--fault", "X"))
                .hasMessage("--fault: faults can be planted in keelson only");
        assertThatThrownBy(() -> Settings.parse("--seed")).hasMessage("--seed needs a value");
    }

    @Test
    void nemesisThatAProductCannotSufferIsRefusedWithTheReason() {
        assertThatThrownBy(() -> Settings.parse("--system", "etcd", "--nemesis", "kill,disk-fail"))
                .hasMessage("--nemesis: disk-fail is done by a switch inside the store, and etcd has none");
        assertThatThrownBy(() -> Settings.parse("--system", "etcd", "--nemesis", "clock"))
                .hasMessage(
                        "--nemesis: clock is done in the C library, and etcd, being Go, asks the kernel without it");
        assertThatThrownBy(() -> Settings.parse("--members", "1", "--nemesis", "member"))
                .hasMessage("--nemesis: member needs 3 to 5 members, not 1");
    }

    @Test
    void allMeansAllThatCanBeDone() {
        assertThat(Settings.parse("--members", "3").kinds()).containsExactly(Kind.values());
        assertThat(Settings.parse("--members", "3", "--system", "etcd").kinds())
                .contains(Kind.KILL, Kind.MEMBER)
                .doesNotContain(Kind.DISK_SLOW, Kind.DISK_FAIL, Kind.CLOCK);
        assertThat(Settings.parse("--members", "7").kinds()).doesNotContain(Kind.MEMBER);
    }

    @Test
    void membersThatComeAndGoNeedMoreMachines() {
        assertThat(Settings.parse("--members", "3", "--nemesis", "kill").slots())
                .isEqualTo(3);
        assertThat(Settings.parse("--members", "3", "--nemesis", "kill,member").slots())
                .isEqualTo(5);
    }
}
