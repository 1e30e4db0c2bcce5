package io.keelson.orchestrator.why;

import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;

/** Why a claim has no volume. */
final class Claims {

    private Claims() {}

    static Explanation explain(Cluster cluster, ClusterObject claim) {
        String phase = claim.at("status", "phase").asString("Pending");
        if (phase.equals("Bound")) {
            return Explanation.asWished(
                    claim.ref(),
                    Words.title(claim) + " has the volume "
                            + claim.at("spec", "volumeName").asString("") + ".");
        }
        if (phase.equals("Lost")) {
            return Explanation.stuck(
                    claim.ref(),
                    "has lost its volume",
                    Words.title(claim) + " has lost its volume "
                            + claim.at("spec", "volumeName").asString("") + ".",
                    "Bring the PersistentVolume back, or delete the claim and make it again.");
        }
        String className = claim.at("spec", "storageClassName").asString("");
        if (className.isEmpty()) {
            return Explanation.stuck(
                    claim.ref(),
                    "is Pending",
                    Words.title(claim) + " names no storage class, and no volume fits it.",
                    "Name a storageClassName, mark a StorageClass as the default, or create a PersistentVolume that fits.");
        }
        var storageClass =
                cluster.kinds().named("storageclasses").flatMap(kind -> cluster.get(new Ref(kind, "", className)));
        if (storageClass.isEmpty()) {
            return Explanation.stuck(
                    claim.ref(),
                    "is Pending",
                    Words.title(claim) + " names the storage class " + className + ", which is not there.",
                    "Create the StorageClass " + className + ", or a PersistentVolume of that class.");
        }
        if (storageClass.get().at("volumeBindingMode").asString("").equals("WaitForFirstConsumer")) {
            return Explanation.underWay(
                    claim.ref(),
                    "waits for a pod",
                    Words.title(claim) + " gets its volume when a pod that uses it is placed.",
                    "Start a pod that uses it.");
        }
        String provisioner = storageClass.get().at("provisioner").asString("");
        return Explanation.stuck(
                claim.ref(),
                "is Pending",
                Words.title(claim) + " waits for a volume from " + provisioner + ".",
                "Whoever runs as " + provisioner + " has to make it, or create a PersistentVolume that fits.");
    }
}
