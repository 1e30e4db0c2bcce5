package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.view.Picture;
import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/** Deployments, replica sets and pods in the middle of things, for tests. */
final class Workloads {

    static final Instant NOW = Picture.THEN.plusSeconds(3600);

    private Workloads() {}

    static ObjectNode deployment(int replicas, String image, String more) {
        return Json.parse("""
                {"apiVersion": "apps/v1", "kind": "Deployment",
                 "metadata": {"name": "web", "generation": 1, "annotations": {}},
                 "spec": {"replicas": %d, "selector": {"matchLabels": {"app": "web"}},
                  "progressDeadlineSeconds": 600, %s
                  "template": {"metadata": {"labels": {"app": "web"}},
                   "spec": {"containers": [{"name": "main", "image": "%s"}]}}}}
                """.formatted(replicas, more, image));
    }

    static String rolling(String surge, String unavailable) {
        return "\"strategy\": {\"type\": \"RollingUpdate\", \"rollingUpdate\": {\"maxSurge\": " + surge
                + ", \"maxUnavailable\": " + unavailable + "}},";
    }

    /** A replica set of deployment web, sized when the deployment wanted so many. */
    static ObjectNode replicaSet(String name, int revision, int size, int desired, int max, String image) {
        return Json.parse("""
                {"apiVersion": "apps/v1", "kind": "ReplicaSet",
                 "metadata": {"name": "%s", "generation": 1, "creationTimestamp": "2026-01-01T00:00:%02dZ",
                  "labels": {"app": "web", "pod-template-hash": "%s"},
                  "annotations": {"deployment.kubernetes.io/revision": "%d", "deployment.kubernetes.io/desired-replicas": "%d",
                   "deployment.kubernetes.io/max-replicas": "%d"},
                  "ownerReferences": [{"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": "uid-web",
                   "controller": true, "blockOwnerDeletion": true}]},
                 "spec": {"replicas": %d, "selector": {"matchLabels": {"app": "web", "pod-template-hash": "%s"}},
                  "template": {"metadata": {"labels": {"app": "web", "pod-template-hash": "%s"}},
                   "spec": {"containers": [{"name": "main", "image": "%s"}]}}}}
                """.formatted(name, revision, name, revision, desired, max, size, name, name, image));
    }

    static ObjectNode pod(String replicaSet, String name, boolean ready) {
        return Json.parse("""
                {"apiVersion": "v1", "kind": "Pod",
                 "metadata": {"name": "%s", "creationTimestamp": "2026-01-01T00:00:00Z",
                  "labels": {"app": "web", "pod-template-hash": "%s"},
                  "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "%s", "uid": "uid-%s",
                   "controller": true, "blockOwnerDeletion": true}]},
                 "spec": {"nodeName": "n1", "containers": [{"name": "main", "image": "x"}]},
                 "status": {"phase": "Running", "podIP": "10.244.0.9",
                  "conditions": [{"type": "Ready", "status": "%s", "lastTransitionTime": "2026-01-01T00:10:00Z"}]}}
                """.formatted(name, replicaSet, replicaSet, replicaSet, ready ? "True" : "False"));
    }

    /** So many pods of a replica set, the first of them ready. */
    static void pods(Picture picture, String replicaSet, int count, int ready) {
        for (int i = 0; i < count; i++) {
            picture.with(pod(replicaSet, replicaSet + "-" + i, i < ready), Picture.THEN);
        }
    }
}
