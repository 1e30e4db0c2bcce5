package io.keelson.store.rpc;

import io.grpc.stub.StreamObserver;
import io.keelson.proto.etcd.AuthGrpc;
import io.keelson.proto.etcd.AuthStatusRequest;
import io.keelson.proto.etcd.AuthStatusResponse;

/** {@code etcdserverpb.Auth}: off, and says so. Who may connect is decided by TLS client certificates. */
final class AuthService extends AuthGrpc.AuthImplBase {

    private final Calls calls;
    private final Headers headers;

    AuthService(Calls calls, Headers headers) {
        this.calls = calls;
        this.headers = headers;
    }

    @Override
    public void authStatus(AuthStatusRequest request, StreamObserver<AuthStatusResponse> observer) {
        calls.answer(
                observer,
                () -> AuthStatusResponse.newBuilder().setHeader(headers.now()).build());
    }
}
