package io.keelson.store.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.keelson.proto.etcd.DowngradeRequest;
import io.keelson.proto.etcd.DowngradeRequest.DowngradeAction;
import org.junit.jupiter.api.Test;

class DowngradesTest {

    private static Status judge(DowngradeAction action, String version) {
        return Downgrades.judge(
                DowngradeRequest.newBuilder()
                        .setAction(action)
                        .setVersion(version)
                        .build(),
                "3.6.0");
    }

    @Test
    void versionBeforeIsValidWithAndWithoutItsPatch() {
        assertThat(judge(DowngradeAction.VALIDATE, "3.5").isOk()).isTrue();
        assertThat(judge(DowngradeAction.VALIDATE, "3.5.21").isOk()).isTrue();
    }

    @Test
    void otherVersionsAreRefusedInEtcdsWords() {
        for (String version : new String[] {"3.4", "3.6.0", "3.7", "2.5.0"}) {
            Status status = judge(DowngradeAction.VALIDATE, version);
            assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(status.getDescription()).isEqualTo("etcdserver: invalid downgrade target version");
        }
        for (String version : new String[] {"", "3", "three.five", "3.5.x"}) {
            assertThat(judge(DowngradeAction.ENABLE, version).getDescription())
                    .as(version)
                    .isEqualTo("etcdserver: wrong downgrade target version format");
        }
    }

    @Test
    void noDowngradeIsEverBegunSoThereIsNoneToCancel() {
        assertThat(judge(DowngradeAction.ENABLE, "3.5").getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
        Status cancel = judge(DowngradeAction.CANCEL, "");
        assertThat(cancel.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(cancel.getDescription()).isEqualTo("etcdserver: no inflight downgrade job");
    }
}
