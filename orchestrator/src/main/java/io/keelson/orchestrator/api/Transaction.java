package io.keelson.orchestrator.api;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import java.util.Optional;

/**
 * Many writes that will be one transaction of the store, see {@link Api#atomically}. Good only while that runs.
 */
public final class Transaction {

    private final Draft draft;
    private final Api api;

    Transaction(Draft draft, Api api) {
        this.draft = draft;
        this.api = api;
    }

    /**
     * An API whose reads are of one revision and see the writes that were made through it; the writes wait. Their revision, and the
     * resourceVersion in their answers, is {@link #provisional()}.
     */
    public Api api() {
        return api;
    }

    /** The revision that everything is read at. */
    public long revision() {
        return draft.revision();
    }

    /** Stands for the revision of the writes, which is not known yet. */
    public long provisional() {
        return draft.provisional();
    }

    /** What is kept under a key that is no object's. */
    public Optional<byte[]> kept(String key) {
        return draft.range(Keys.get(key)).getKvsList().stream()
                .findFirst()
                .map(KeyValue::getValue)
                .map(ByteString::toByteArray);
    }

    /** Keeps something under a key that is no object's. */
    public void keep(String key, byte[] value) {
        draft.txn(TxnRequest.newBuilder()
                .addSuccess(RequestOp.newBuilder()
                        .setRequestPut(
                                PutRequest.newBuilder().setKey(Keys.bytes(key)).setValue(ByteString.copyFrom(value))))
                .build());
    }
}
