package io.keelson.store.rpc.http;

import java.util.ArrayList;
import java.util.List;

/** Which call stands behind which path of etcd's JSON gateway: one row a path. A call that is not here has none. */
final class GatewayPaths {

    /**
     * A row.
     *
     * @param path below {@code /v3/}
     * @param call the gRPC method's full name
     */
    record Row(String path, String call) {}

    static final List<Row> ROWS = rows("""
            etcdserverpb.KV
            kv/range Range
            kv/put Put
            kv/deleterange DeleteRange
            kv/txn Txn
            kv/compaction Compact
            etcdserverpb.Watch
            watch Watch
            etcdserverpb.Lease
            lease/grant LeaseGrant
            lease/revoke LeaseRevoke
            lease/keepalive LeaseKeepAlive
            lease/timetolive LeaseTimeToLive
            lease/leases LeaseLeases
            kv/lease/revoke LeaseRevoke
            kv/lease/timetolive LeaseTimeToLive
            kv/lease/leases LeaseLeases
            etcdserverpb.Cluster
            cluster/member/add MemberAdd
            cluster/member/remove MemberRemove
            cluster/member/update MemberUpdate
            cluster/member/list MemberList
            cluster/member/promote MemberPromote
            etcdserverpb.Maintenance
            maintenance/alarm Alarm
            maintenance/status Status
            maintenance/defragment Defragment
            maintenance/hash Hash
            maintenance/hashkv HashKV
            maintenance/snapshot Snapshot
            maintenance/transfer-leadership MoveLeader
            maintenance/downgrade Downgrade
            etcdserverpb.Auth
            auth/enable AuthEnable
            auth/disable AuthDisable
            auth/status AuthStatus
            auth/authenticate Authenticate
            auth/user/add UserAdd
            auth/user/get UserGet
            auth/user/list UserList
            auth/user/delete UserDelete
            auth/user/changepw UserChangePassword
            auth/user/grant UserGrantRole
            auth/user/revoke UserRevokeRole
            auth/role/add RoleAdd
            auth/role/get RoleGet
            auth/role/list RoleList
            auth/role/delete RoleDelete
            auth/role/grant RoleGrantPermission
            auth/role/revoke RoleRevokePermission
            v3lockpb.Lock
            lock/lock Lock
            lock/unlock Unlock
            v3electionpb.Election
            election/campaign Campaign
            election/proclaim Proclaim
            election/leader Leader
            election/observe Observe
            election/resign Resign
            """);

    private GatewayPaths() {}

    private static List<Row> rows(String table) {
        var rows = new ArrayList<Row>();
        String service = "";
        for (String line : table.lines().toList()) {
            int space = line.indexOf(' ');
            if (space < 0) {
                service = line;
            } else {
                rows.add(new Row(line.substring(0, space), service + "/" + line.substring(space + 1)));
            }
        }
        return List.copyOf(rows);
    }
}
