package io.keelson.orchestrator.access;

import com.google.protobuf.ByteString;
import io.keelson.orchestrator.api.Failures;
import io.keelson.orchestrator.auth.TokenRequests;
import io.keelson.proto.etcd.Compare;
import io.keelson.proto.etcd.DeleteRangeRequest;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The keys that sign tokens of service accounts. They are in the store, so that all servers share them and none has to be handed out;
 * the newest signs, all verify. A new one is made each month, and one is given up when no token can be left that it signed.
 */
final class TokenKeys {

    /** Begin of their keys in the store: under no kind, so that no API shows them. */
    static final String PREFIX = "/keelson/access/token-keys/";

    /** Before a key is older than this another one takes its place as the one that signs. */
    static final Duration SIGNS_FOR = Duration.ofDays(30);

    /** After this no token can be left that a key has signed; with a good margin, for clocks differ. */
    static final Duration VERIFIES_FOR = SIGNS_FOR.plus(TokenRequests.LONGEST).plus(Duration.ofDays(30));

    private static final ByteString BEGIN = ByteString.copyFromUtf8(PREFIX);
    private static final ByteString END = ByteString.copyFromUtf8("/keelson/access/token-keys0");

    private final ToldKv kv;
    private final InstantSource clock;
    private final SecureRandom random;
    private final Followed<Map<String, TokenKey>> keys;

    TokenKeys(ToldKv kv, InstantSource clock, SecureRandom random) {
        this.kv = kv;
        this.clock = clock;
        this.random = random;
        this.keys = new Followed<>(kv, PREFIX, TreeMap::new, (known, path, pair) -> {
            String id = String.join("/", path);
            known.remove(id);
            pair.flatMap(there -> TokenKey.read(id, there.getValue().toByteArray(), there.getCreateRevision()))
                    .ifPresent(key -> known.put(id, key));
        });
    }

    /** The key with this id; one that this server does not know is looked for as of the newest revision. */
    Optional<TokenKey> find(String id) {
        Optional<TokenKey> here = keys.ask(known -> Optional.ofNullable(known.get(id)));
        return here.isPresent() ? here : keys.askNewest(known -> Optional.ofNullable(known.get(id)));
    }

    /** All keys, the newest first. */
    List<TokenKey> all() {
        List<TokenKey> all = new ArrayList<>(keys.ask(known -> List.copyOf(known.values())));
        all.sort(Comparator.comparingLong(TokenKey::revision)
                .thenComparing(TokenKey::id)
                .reversed());
        return all;
    }

    /** The key that signs; it is made if there is none yet. */
    TokenKey signing() {
        Optional<TokenKey> newest = all().stream().findFirst();
        if (newest.isPresent()) {
            return newest.get();
        }
        makeAfter(0);
        return all().getFirst();
    }

    /** Makes a new key if the newest is old, and gives up those that nobody needs. */
    void rotate() {
        Instant now = clock.instant();
        TokenKey newest = signing();
        if (newest.made().plus(SIGNS_FOR).isBefore(now)) {
            makeAfter(newest.revision());
        }
        for (TokenKey key : all()) {
            if (key.made().plus(VERIFIES_FOR).isBefore(now) && !key.id().equals(newest.id())) {
                Failures.translated(() -> kv.txn(TxnRequest.newBuilder()
                        .addSuccess(RequestOp.newBuilder()
                                .setRequestDeleteRange(DeleteRangeRequest.newBuilder()
                                        .setKey(ByteString.copyFromUtf8(PREFIX + key.id()))))
                        .build()));
            }
        }
    }

    /** Puts a new key into the store, unless another server has just done so: all keys must be no newer than this revision. */
    private void makeAfter(long revision) {
        TokenKey key = TokenKey.generate(random, clock.instant());
        Failures.translated(() -> kv.txn(TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setKey(BEGIN)
                        .setRangeEnd(END)
                        .setTarget(Compare.CompareTarget.CREATE)
                        .setResult(Compare.CompareResult.LESS)
                        .setCreateRevision(revision + 1))
                .addSuccess(RequestOp.newBuilder()
                        .setRequestPut(PutRequest.newBuilder()
                                .setKey(ByteString.copyFromUtf8(PREFIX + key.id()))
                                .setValue(ByteString.copyFrom(key.stored()))))
                .build()));
    }
}
