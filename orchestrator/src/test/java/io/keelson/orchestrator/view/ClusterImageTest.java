package io.keelson.orchestrator.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Kinds;
import org.junit.jupiter.api.Test;

class ClusterImageTest {

    private static final String POD = """
            {"apiVersion": "v1", "kind": "Pod",
             "metadata": {"name": "%s", "labels": {"app": "web"}, "annotations": {"long": "%s", "short": "s"}}, "spec": {%s}}""";

    private final Picture picture = Picture.empty();

    @Test
    void longAnnotationsOfPodsAreNotKept() {
        picture.with(POD.formatted("a", "x".repeat(257), ""));
        picture.with(POD.formatted("b", "x".repeat(256), ""));
        ClusterObject a = picture.image().get(Picture.ref(Kinds.POD, "a")).orElseThrow();
        assertThat(a.at("metadata", "annotations").toString()).isEqualTo("{\"short\":\"s\"}");
        assertThat(a.labels()).containsEntry("app", "web");
        assertThat(a.uid()).isEqualTo("uid-a");
        ClusterObject b = picture.image().get(Picture.ref(Kinds.POD, "b")).orElseThrow();
        assertThat(b.annotation("long")).contains("x".repeat(256));
    }

    @Test
    @SuppressWarnings("ReferenceEquality") // That is what sharing means.
    void podsOfOneTemplateShareTheirContainersAndVolumesWhateverTheVolumesOfTheirTokensAreCalled() {
        String spec = """
                "volumes": [{"name": "data", "emptyDir": {}}, {"name": "kube-api-access-%1$s", "projected": {}}],
                "containers": [{"name": "c", "volumeMounts": [{"name": "kube-api-access-%1$s", "mountPath": "/x"}]}]""";
        boolean shared = false;
        String kept = "";
        // Two parts may have one place in the table of parts, by chance, and then put each other out of it.
        for (int attempt = 0; attempt < 5; attempt++) {
            Picture fresh = Picture.empty()
                    .with(POD.formatted("a", "", spec.formatted("aaaaa")))
                    .with(POD.formatted("b", "", spec.formatted("bbbbb")));
            ClusterObject a = fresh.image().get(Picture.ref(Kinds.POD, "a")).orElseThrow();
            ClusterObject b = fresh.image().get(Picture.ref(Kinds.POD, "b")).orElseThrow();
            shared |= a.at("spec") == b.at("spec");
            kept = a.at("spec").toString();
        }
        assertThat(shared).isTrue();
        assertThat(kept)
                .isEqualTo("{\"volumes\":[{\"name\":\"data\",\"emptyDir\":{}},"
                        + "{\"name\":\"kube-api-access-\",\"projected\":{}}],\"containers\":[{\"name\":\"c\"}]}");
    }

    @Test
    void ofConfigMapsOnlyThePublishedCertificatesAreKept() {
        String map =
                "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"%s\"}, \"data\": {\"k\": \"v\"}}";
        picture.with(map.formatted("mine")).with(map.formatted("kube-root-ca.crt"));
        assertThat(picture.image().all(Kinds.CONFIG_MAP))
                .extracting(object -> object.at("data").path("k").asString(""))
                .containsExactly("v", "");
    }

    @Test
    void pendingPodsAreFoundByTheirSchedulerUntilTheyAreBound() {
        picture.with(POD.formatted("ours", "", "")).with(POD.formatted("other", "", "\"schedulerName\": \"other\""));
        assertThat(picture.image().pending(Pod.DEFAULT_SCHEDULER))
                .extracting(ClusterObject::name)
                .containsExactly("ours");
        assertThat(picture.image().pending("other"))
                .extracting(ClusterObject::name)
                .containsExactly("other");
        picture.with(POD.formatted("ours", "", "\"nodeName\": \"n1\""));
        assertThat(picture.image().pending(Pod.DEFAULT_SCHEDULER)).isEmpty();
        assertThat(picture.image().podsOn("n1")).extracting(ClusterObject::name).containsExactly("ours");
        picture.without(Picture.ref(Kinds.POD, "other"));
        assertThat(picture.image().pending("other")).isEmpty();
    }
}
