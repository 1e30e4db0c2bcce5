package io.keelson.store.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.proto.etcd.Member;
import io.keelson.store.mvcc.MemberRecord;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterServiceTest {

    private static MemberRecord member(long id, String name, int port) {
        return new MemberRecord(id, name, List.of("http://127.0.0.1:" + port), List.of(), false);
    }

    @Test
    void membersAreListedByTheirIdsAsUnsignedNumbers() {
        var members = List.of(member(-1, "a", 1), member(7, "b", 2), member(Long.MIN_VALUE, "c", 3), member(1, "d", 4));
        assertThat(ClusterService.rows(members)).extracting(Member::getName).containsExactly("d", "b", "c", "a");
    }
}
