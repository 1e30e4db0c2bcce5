package io.keelson.store.mvcc;

import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import java.util.List;

/** How many bytes a command may add to the data, as etcd reckons for its quota; 0 for one that adds nothing. */
public final class Cost {

    /** What a key costs beside itself and its value. */
    private static final long KEY_OVERHEAD_BYTES = 256;

    private static final long LEASE_BYTES = 64;

    private Cost() {}

    /** An upper estimate in bytes. */
    public static long of(Command command) {
        return switch (command) {
            case Command.Put(PutRequest request) -> of(request);
            case Command.Txn(TxnRequest request) -> of(request);
            case Command.LeaseGrant _ -> LEASE_BYTES;
            case Command.As(Caller _, Command inner) -> of(inner);
            case Command.Once(var _, var _, Command inner) -> of(inner);
            case Command.DeleteRange _,
                    Command.Compact _,
                    Command.LeaseRevoke _,
                    Command.LeaseCheckpoint _,
                    Command.Alarm _,
                    Command.Members _,
                    Command.Auth _ -> 0;
        };
    }

    private static long of(PutRequest request) {
        return request.getKey().size() + request.getValue().size() + KEY_OVERHEAD_BYTES;
    }

    /** The dearer of the two branches. Puts in nested transactions count; etcd forgets them. */
    private static long of(TxnRequest request) {
        return Math.max(of(request.getSuccessList()), of(request.getFailureList()));
    }

    private static long of(List<RequestOp> branch) {
        long sum = 0;
        for (RequestOp op : branch) {
            sum += op.hasRequestPut() ? of(op.getRequestPut()) : op.hasRequestTxn() ? of(op.getRequestTxn()) : 0;
        }
        return sum;
    }
}
