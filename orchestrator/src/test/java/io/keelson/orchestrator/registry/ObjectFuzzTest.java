package io.keelson.orchestrator.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.keelson.orchestrator.kind.IncludeObject;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Tables;
import io.keelson.orchestrator.patch.PatchException;
import io.keelson.orchestrator.patch.Patches;
import io.keelson.orchestrator.patch.ThreeWay;
import io.keelson.orchestrator.select.FieldSelector;
import io.keelson.orchestrator.testing.Mutations;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Objects of every kind, made wrong by chance: the registry takes them or says what is wrong, and whatever it takes can be stored, read,
 * selected, shown in a table, patched and updated.
 */
class ObjectFuzzTest {

    private static final Given GIVEN = new Given(Instant.parse("2026-01-01T00:00:00Z"), "UID", "abcde");

    /** Kinds with much in them that the table of kinds does not have. */
    private static final String MORE = """
            [{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x","labels":{"a":"b"},"annotations":{"a":"b"},
              "finalizers":["a/b"],"ownerReferences":[{"apiVersion":"v1","kind":"Node","name":"n","uid":"u","controller":true}]},
              "spec":{"nodeName":"n","hostNetwork":true,"priority":0,"activeDeadlineSeconds":1,
                "initContainers":[{"name":"i","image":"i","restartPolicy":"Always"}],
                "containers":[{"name":"c","image":"i:1","command":["a"],"ports":[{"containerPort":80,"hostPort":80,"protocol":"TCP","name":"p"}],
                  "env":[{"name":"E","value":"v"},{"name":"F","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}],
                  "resources":{"requests":{"cpu":"100m"},"limits":{"memory":"1Gi"}},
                  "livenessProbe":{"httpGet":{"path":"/","port":"p"},"periodSeconds":1},"lifecycle":{"preStop":{"exec":{"command":["a"]}}},
                  "securityContext":{"runAsUser":1,"capabilities":{"add":["NET_ADMIN"]}},"volumeMounts":[{"name":"v","mountPath":"/v"}]}],
                "volumes":[{"name":"v","emptyDir":{"sizeLimit":"1Gi"}},{"name":"w","configMap":{"name":"x","items":[{"key":"a","path":"b"}]}},
                  {"name":"p","projected":{"sources":[{"serviceAccountToken":{"path":"t","expirationSeconds":600}}]}}],
                "tolerations":[{"key":"a","operator":"Exists","effect":"NoExecute","tolerationSeconds":3}],
                "affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":
                  [{"key":"a","operator":"Gt","values":["1"]}]}]}},"podAntiAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":
                  [{"weight":1,"podAffinityTerm":{"topologyKey":"k","labelSelector":{"matchLabels":{"a":"b"}}}}]}},
                "topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"k","whenUnsatisfiable":"DoNotSchedule"}]},
              "status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}],
                "containerStatuses":[{"name":"c","ready":true,"restartCount":1,"state":{"waiting":{"reason":"x"}},
                  "lastState":{"terminated":{"exitCode":1,"finishedAt":"2026-01-01T00:00:00Z"}}}]}},
             {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"x"},"spec":{"replicas":1,"strategy":{"type":"RollingUpdate",
              "rollingUpdate":{"maxSurge":"25%","maxUnavailable":1}},"selector":{"matchLabels":{"a":"b"},"matchExpressions":
              [{"key":"a","operator":"In","values":["b"]}]},"template":{"metadata":{"labels":{"a":"b"}},
              "spec":{"containers":[{"name":"c","image":"i"}]}}}},
             {"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":"x"},"spec":{"replicas":1,"selector":{"matchLabels":{"a":"b"}},
              "template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}},
             {"apiVersion":"v1","kind":"Service","metadata":{"name":"x"},"spec":{"type":"NodePort","clusterIP":"10.96.0.9",
              "clusterIPs":["10.96.0.9"],"ipFamilies":["IPv4"],"externalIPs":["1.2.3.4"],"sessionAffinity":"ClientIP",
              "ports":[{"name":"a","port":80,"targetPort":"p","nodePort":30000,"protocol":"TCP"}],"selector":{"a":"b"}},
              "status":{"loadBalancer":{"ingress":[{"ip":"1.2.3.4"}]}}},
             {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"data":{"a":"b"},"binaryData":{"c":"AAAA"},"immutable":false},
             {"apiVersion":"v1","kind":"Secret","metadata":{"name":"x"},"type":"kubernetes.io/dockerconfigjson","data":{".dockerconfigjson":"e30="},
              "stringData":{"a":"b"}},
             {"apiVersion":"v1","kind":"Node","metadata":{"name":"x"},"spec":{"podCIDR":"10.0.0.0/24","podCIDRs":["10.0.0.0/24"],
              "taints":[{"key":"a","effect":"NoSchedule"}],"unschedulable":true},"status":{"capacity":{"cpu":"1"},
              "addresses":[{"type":"InternalIP","address":"1.2.3.4"}],"conditions":[{"type":"Ready","status":"True"}],"nodeInfo":{"kubeletVersion":"v1"}}},
             {"apiVersion":"v1","kind":"Namespace","metadata":{"name":"x"},"spec":{"finalizers":["kubernetes"]},"status":{"phase":"Active"}},
             {"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"x"},"secrets":[{"name":"s"}],"imagePullSecrets":[{"name":"s"}]},
             {"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"x"},"subsets":[{"addresses":[{"ip":"1.2.3.4","targetRef":{"kind":"Pod"}}],
              "ports":[{"port":80}]}]},
             {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"x"},"addressType":"IPv4",
              "endpoints":[{"addresses":["1.2.3.4"],"conditions":{"ready":true}}],"ports":[{"name":"","port":80}]},
             {"apiVersion":"v1","kind":"Event","metadata":{"name":"x","namespace":"ns"},"involvedObject":{"kind":"Pod","name":"x","namespace":"ns"},
              "count":1,"lastTimestamp":"2026-01-01T00:00:00Z","source":{"component":"c"},"reason":"R","message":"m","type":"Normal"},
             {"apiVersion":"events.k8s.io/v1","kind":"Event","metadata":{"name":"x","namespace":"ns"},"regarding":{"kind":"Pod","namespace":"ns"},
              "eventTime":"2026-01-01T00:00:00.000000Z","reportingController":"a/b","reportingInstance":"i","action":"A","reason":"R","note":"m",
              "type":"Normal","series":{"count":2,"lastObservedTime":"2026-01-01T00:00:00.000000Z"}},
             {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"x"},"spec":{"holderIdentity":"a","leaseDurationSeconds":1,
              "renewTime":"2026-01-01T00:00:00.000000Z"}},
             {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"as.g.io"},"spec":{"group":"g.io",
              "scope":"Namespaced","names":{"plural":"as","singular":"a","kind":"A","listKind":"AList","shortNames":["s"]},
              "conversion":{"strategy":"Webhook","webhook":{"conversionReviewVersions":["v1"],"clientConfig":{"url":"https://x/y"}}},
              "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{},"scale":{"specReplicasPath":".spec.r",
                "statusReplicasPath":".status.r"}},"additionalPrinterColumns":[{"name":"C","type":"integer","jsonPath":".spec.r"}],
                "selectableFields":[{"jsonPath":".spec.s"}],"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object",
                "x-kubernetes-validations":[{"rule":"self.r > 0","messageExpression":"'no'","fieldPath":".r"}],"properties":{
                "r":{"type":"integer","minimum":0,"default":1},"s":{"type":"string","pattern":"^a+$","enum":["a","aa"],"maxLength":3},
                "l":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["k"],"items":{"type":"object","required":["k"],
                  "properties":{"k":{"type":"string"}}}},"i":{"x-kubernetes-int-or-string":true},
                "m":{"type":"object","additionalProperties":{"type":"number"}}}}}}}}]}}]""";

    private static List<ObjectNode> samples() throws IOException {
        List<ObjectNode> samples = new ArrayList<>();
        KindTableTest.rows().forEach(row -> samples.add(row.object()));
        Json.parseAny(MORE.getBytes(StandardCharsets.UTF_8)).forEach(each -> samples.add((ObjectNode) each));
        return samples;
    }

    private static Optional<ObjectNode> stored(Prepared prepared) {
        return prepared instanceof Prepared.Store store ? Optional.of(store.object()) : Optional.empty();
    }

    @Test
    void whateverIsSentIsRefusedWithAReasonOrCanBeWorkedWith() throws IOException {
        List<ObjectNode> samples = samples();
        TreeSet<String> names = new TreeSet<>();
        samples.forEach(sample -> names(sample, names));
        long seed = Mutations.seed();
        Random random = new Random(seed);
        Mutations mutations = new Mutations(random, List.copyOf(names));
        int taken = 0;
        int rounds = Mutations.rounds(12_000);
        for (int round = 0; round < rounds; round++) {
            ObjectNode sample = samples.get(random.nextInt(samples.size()));
            Kind kind = Kinds.builtIn()
                    .byApiVersion(
                            sample.path("apiVersion").asString(""),
                            sample.path("kind").asString(""))
                    .orElseThrow();
            String namespace = kind.namespaced() ? "ns" : "";
            ObjectNode sent = mutations.of(sample);
            ObjectNode other = mutations.of(sample);
            try {
                // As from the wire.
                ObjectNode incoming = Json.parse(Json.write(sent));
                Optional<ObjectNode> created =
                        stored(Registry.create(kind, namespace, incoming, anyValidation(random), GIVEN));
                Optional<ObjectNode> live = created.or(() ->
                        stored(Registry.create(kind, namespace, sample.deepCopy(), FieldValidation.STRICT, GIVEN)));
                if (created.isPresent()) {
                    taken++;
                    workWith(kind, created.get());
                }
                live.ifPresent(object -> change(kind, object, other, mutations, random));
            } catch (RuntimeException | StackOverflowError e) {
                fail("seed " + seed + ", round " + round + ": " + sent + "\nand " + other, e);
            }
        }
        assertThat(taken).as("objects that were taken").isGreaterThan(rounds / 20);
    }

    private static void names(JsonNode node, Set<String> into) {
        if (node instanceof ObjectNode object) {
            into.addAll(object.propertyNames());
        }
        node.forEach(child -> names(child, into));
    }

    private static FieldValidation anyValidation(Random random) {
        return List.of(FieldValidation.values()).get(random.nextInt(3));
    }

    private static void workWith(Kind kind, ObjectNode object) {
        assertThat(Json.parse(Json.write(object))).isEqualTo(Json.parse(Json.write(Json.parse(Json.write(object)))));
        for (String field : kind.strategy().fields().keySet()) {
            FieldSelector.parse(kind, field + "=x").matches(object);
        }
        ObjectNode shown = object.deepCopy();
        Json.child(shown, "metadata").put("resourceVersion", "7");
        for (IncludeObject include : IncludeObject.values()) {
            Tables.table(kind, List.of(shown), GIVEN.now(), include);
        }
        Holdings.of(kind, object);
        if (kind.subresources().contains("scale")) {
            Scale.of(kind, shown);
        }
    }

    private static void change(Kind kind, ObjectNode live, ObjectNode other, Mutations mutations, Random random) {
        ObjectNode stored = live.deepCopy();
        Json.child(stored, "metadata").put("resourceVersion", "7");
        List<ObjectNode> next = new ArrayList<>(List.of(other, mutations.of(stored)));
        try {
            next.add(Patches.strategic(kind, stored, other));
            next.add(ThreeWay.apply(kind, Optional.of(other), stored, mutations.of(other)));
        } catch (PatchException refused) {
            assertThat(refused.getMessage()).isNotEmpty();
        }
        for (ObjectNode each : next) {
            ObjectNode incoming = Json.parse(Json.write(each));
            List<String> ways = new ArrayList<>(kind.subresources());
            ways.retainAll(List.of("status", "scale", "finalize", "approval", "ephemeralcontainers", "binding"));
            ways.add("");
            Prepared prepared = Registry.update(
                    kind, ways.get(random.nextInt(ways.size())), stored, incoming, anyValidation(random));
            stored(prepared).ifPresent(object -> workWith(kind, object));
        }
    }
}
