package io.keelson.store.raft;

import java.io.IOException;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;

/** Calls of Ratis' clients. Some let gRPC's unchecked exception through when a member does not answer, which is no surprise of any kind. */
final class Calling {

    private Calling() {}

    /** What is called. */
    @FunctionalInterface
    interface Call<T> {
        T run() throws IOException;
    }

    /**
     * The answer.
     *
     * @throws IOException if there is none, whichever way Ratis says so
     */
    static <T> T member(Call<T> call) throws IOException {
        try {
            return call.run();
        } catch (StatusRuntimeException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
