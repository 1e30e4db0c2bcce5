package io.keelson.store.rpc.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.ServerServiceDefinition;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.keelson.proto.etcd.AuthGrpc;
import io.keelson.proto.etcd.ClusterGrpc;
import io.keelson.proto.etcd.ElectionGrpc;
import io.keelson.proto.etcd.KVGrpc;
import io.keelson.proto.etcd.LeaseGrpc;
import io.keelson.proto.etcd.LockGrpc;
import io.keelson.proto.etcd.MaintenanceGrpc;
import io.keelson.proto.etcd.WatchGrpc;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of paths and etcd's services fit together, in both directions. */
class GatewayPathsTest {

    private static List<ServerServiceDefinition> services() {
        return Stream.of(
                        new KVGrpc.KVImplBase() {},
                        new WatchGrpc.WatchImplBase() {},
                        new LeaseGrpc.LeaseImplBase() {},
                        new ClusterGrpc.ClusterImplBase() {},
                        new MaintenanceGrpc.MaintenanceImplBase() {},
                        new AuthGrpc.AuthImplBase() {},
                        new LockGrpc.LockImplBase() {},
                        new ElectionGrpc.ElectionImplBase() {})
                .map(BindableService::bindService)
                .toList();
    }

    @Test
    void everyRowIsServed() {
        ManagedChannel channel = InProcessChannelBuilder.forName("nobody").build();
        try {
            Set<String> rows =
                    GatewayPaths.ROWS.stream().map(row -> "/v3/" + row.path()).collect(Collectors.toSet());
            assertThat(new Gateway(services(), channel, Runnable::run).paths())
                    .containsExactlyInAnyOrderElementsOf(rows)
                    .hasSize(GatewayPaths.ROWS.size())
                    .hasSize(51);
        } finally {
            channel.shutdownNow();
        }
    }

    /** RangeStream has none in etcd either. */
    @Test
    void everyCallHasAPathButOne() {
        Set<String> calls = new HashSet<>();
        services()
                .forEach(service -> service.getMethods()
                        .forEach(
                                method -> calls.add(method.getMethodDescriptor().getFullMethodName())));
        GatewayPaths.ROWS.forEach(row -> calls.remove(row.call()));
        assertThat(calls).containsExactly("etcdserverpb.KV/RangeStream");
    }

    @Test
    void objectsBehindEachOtherAreToldApart() {
        assertThat(Json.split("")).isEmpty();
        assertThat(Json.split(" \n")).isEmpty();
        assertThat(Json.split("{} {\"a\":\"}{\\\"\"}\n{\"b\":{\"c\":{}}}"))
                .extracting(String::strip)
                .containsExactly("{}", "{\"a\":\"}{\\\"\"}", "{\"b\":{\"c\":{}}}");
        assertThat(Json.split("{}{")).containsExactly("{}", "{");
        assertThat(Json.split("{\"a\":\"")).containsExactly("{\"a\":\"");
    }
}
