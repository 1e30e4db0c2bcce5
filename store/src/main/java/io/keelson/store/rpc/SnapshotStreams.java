package io.keelson.store.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.keelson.proto.etcd.SnapshotResponse;
import io.keelson.store.KvException;
import io.keelson.store.backup.SnapshotFile;
import io.keelson.store.node.Replica;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Sends the store as a file: 32 KiB at a time, then its SHA-256. Each stream has a thread, because it waits for disk and client. */
final class SnapshotStreams {

    /** As etcd's. */
    static final int CHUNK_BYTES = 32 << 10;

    /** At a time: each needs the disk space of a whole copy. */
    static final int MAX_AT_ONCE = 2;

    /** A client that takes nothing for so long has the stream ended, as it holds disk space. */
    private static final long MAX_STALL_SECONDS = 60;

    private final Replica replica;
    private final Semaphore free = new Semaphore(MAX_AT_ONCE);

    SnapshotStreams(Replica replica) {
        this.replica = replica;
    }

    void send(ServerCallStreamObserver<SnapshotResponse> observer) {
        var readiness = new Semaphore(0);
        observer.setOnReadyHandler(readiness::release);
        observer.setOnCancelHandler(readiness::release);
        if (!free.tryAcquire()) {
            observer.onError(Failures.TOO_MANY_REQUESTS.asRuntimeException());
            return;
        }
        Thread.ofPlatform().name("store-snapshot").daemon().start(() -> {
            try {
                send(observer, readiness);
            } finally {
                free.release();
            }
        });
    }

    private void send(ServerCallStreamObserver<SnapshotResponse> observer, Semaphore readiness) {
        try (FileChannel file = replica.snapshotFile()) {
            MessageDigest digest = SnapshotFile.sha256();
            long size = file.size();
            for (long at = 0; at < size; ) {
                ByteBuffer chunk = read(file, at, (int) Math.min(CHUNK_BYTES, size - at));
                at += chunk.remaining();
                digest.update(chunk.duplicate());
                if (!send(observer, readiness, UnsafeByteOperations.unsafeWrap(chunk), size - at)) {
                    return;
                }
            }
            if (send(observer, readiness, ByteString.copyFrom(digest.digest()), 0)) {
                observer.onCompleted();
            }
        } catch (IOException e) {
            observer.onError(Status.INTERNAL
                    .withDescription("keelson: no snapshot: " + e.getMessage())
                    .withCause(e)
                    .asRuntimeException());
        } catch (KvException e) {
            observer.onError(Failures.STOPPED.withCause(e).asRuntimeException());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            observer.onError(Failures.STOPPED.asRuntimeException());
        } catch (RuntimeException e) {
            observer.onError(Calls.report(e).asRuntimeException());
        }
    }

    private static ByteBuffer read(FileChannel file, long at, int count) throws IOException {
        var chunk = ByteBuffer.allocate(count);
        while (chunk.hasRemaining()) {
            if (file.read(chunk, at + chunk.position()) < 0) {
                throw new IOException("the file became shorter");
            }
        }
        return chunk.flip();
    }

    /** Waits until the client takes more. @return false if it has gone, or takes nothing */
    private static boolean send(
            ServerCallStreamObserver<SnapshotResponse> observer, Semaphore readiness, ByteString blob, long remaining)
            throws InterruptedException {
        while (!observer.isReady() && !observer.isCancelled()) {
            if (!readiness.tryAcquire(MAX_STALL_SECONDS, TimeUnit.SECONDS)) {
                observer.onError(Status.DEADLINE_EXCEEDED
                        .withDescription(
                                "keelson: no snapshot: the client took nothing for " + MAX_STALL_SECONDS + " seconds")
                        .asRuntimeException());
                return false;
            }
        }
        if (observer.isCancelled()) {
            return false;
        }
        observer.onNext(SnapshotResponse.newBuilder()
                .setBlob(blob)
                .setRemainingBytes(remaining)
                .setVersion(MaintenanceService.CLUSTER_VERSION)
                .build());
        return true;
    }
}
