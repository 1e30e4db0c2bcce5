package io.keelson.orchestrator.loop;

import com.google.protobuf.ByteString;
import io.keelson.orchestrator.api.Pages;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.MalformedJsonException;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.ClusterImage;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.RegistryKey;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.store.Kv;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** From keys and values to the picture: the list at the beginning, and each value after it. */
final class Snapshot {

    static final ByteString BEGIN = ByteString.copyFromUtf8(RegistryKey.PREFIX);

    /** The first key after all that have the prefix. */
    static final ByteString END = Pages.end(RegistryKey.PREFIX);

    private Snapshot() {}

    /** The picture at the newest revision. */
    static ClusterImage list(Kv kv, Kinds kinds, Instant now) {
        ClusterImage image = new ClusterImage(kinds);
        image.reached(Pages.each(
                kv, RegistryKey.PREFIX, 0, pair -> object(kinds, pair, now).ifPresent(image::set)));
        return image;
    }

    /** The objects of one kind at a revision. */
    static List<ClusterObject> list(Kv kv, Kinds kinds, Kind kind, long revision, Instant now) {
        List<ClusterObject> objects = new ArrayList<>();
        Pages.each(
                kv, kind.keyPrefix(), revision, pair -> object(kinds, pair, now).ifPresent(objects::add));
        return objects;
    }

    /**
     * The object at a key; empty if the key is of no kind that is known, or the value is no object: somebody else wrote it, and it is
     * none of the controllers' business.
     */
    static Optional<ClusterObject> object(Kinds kinds, KeyValue keyValue, Instant now) {
        Optional<Ref> ref = RegistryKey.parse(kinds, keyValue.getKey().toStringUtf8());
        try {
            return ref.map(found -> ClusterObject.read(
                    found,
                    keyValue.getValue().toByteArray(),
                    keyValue.getCreateRevision(),
                    keyValue.getModRevision(),
                    now));
        } catch (MalformedJsonException notAnObject) {
            return Optional.empty();
        }
    }
}
