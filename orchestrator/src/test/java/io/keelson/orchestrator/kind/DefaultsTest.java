package io.keelson.orchestrator.kind;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class DefaultsTest {

    private static ObjectNode withDefaults(Kind kind, String json) {
        ObjectNode object = Json.parse(json.replace('\'', '"'));
        Defaults.apply(kind, object);
        ObjectNode again = object.deepCopy();
        Defaults.apply(kind, again);
        assertThat(again).as("twice is as once").isEqualTo(object);
        assertThat(Schema.check(kind, object)).isEmpty();
        return object;
    }

    private static void becomes(Kind kind, String json, String expected) {
        assertThat(withDefaults(kind, json)).isEqualTo(Json.parse(expected.replace('\'', '"')));
    }

    @Test
    void deployment() {
        becomes(Kinds.DEPLOYMENT, """
                {'metadata':{'creationTimestamp':null},
                 'spec':{'template':{'spec':{'containers':[{'name':'a','image':'i:1','ports':[{'containerPort':80}]}]}}}}
                """, """
                {'metadata':{},'spec':{'replicas':1,'revisionHistoryLimit':10,'progressDeadlineSeconds':600,
                 'strategy':{'type':'RollingUpdate','rollingUpdate':{'maxSurge':'25%','maxUnavailable':'25%'}},
                 'template':{'metadata':{},'spec':{'restartPolicy':'Always','dnsPolicy':'ClusterFirst',
                  'schedulerName':'default-scheduler','terminationGracePeriodSeconds':30,'securityContext':{},
                  'containers':[{'name':'a','image':'i:1','imagePullPolicy':'IfNotPresent','resources':{},
                   'terminationMessagePath':'/dev/termination-log','terminationMessagePolicy':'File',
                   'ports':[{'containerPort':80,'protocol':'TCP'}]}]}}},'status':{}}
                """);
        assertThat(withDefaults(Kinds.DEPLOYMENT, "{'spec':{'strategy':{'type':'Recreate'}}}")
                        .at("/spec/strategy"))
                .isEqualTo(Json.parse("{\"type\":\"Recreate\"}"));
    }

    @Test
    void pullPolicyFollowsTheTag() {
        String[][] images = {
            {"nginx", "Always"},
            {"nginx:latest", "Always"},
            {"nginx:1.2", "IfNotPresent"},
            {"host:5000/nginx", "Always"},
            {"host:5000/nginx:1", "IfNotPresent"},
            {"nginx@sha256:abc", "IfNotPresent"}
        };
        for (String[] image : images) {
            ObjectNode pod =
                    withDefaults(Kinds.POD, "{'spec':{'containers':[{'name':'a','image':'" + image[0] + "'}]}}");
            assertThat(pod.at("/spec/containers/0/imagePullPolicy").asString())
                    .as(image[0])
                    .isEqualTo(image[1]);
        }
    }

    @Test
    void podGetsTolerationsRequestsAndQuality() {
        ObjectNode pod = withDefaults(
                Kinds.POD,
                "{'spec':{'containers':[{'name':'a','image':'i','resources':{'limits':{'cpu':'1','memory':'1Gi'}}}]}}");
        assertThat(pod.at("/spec/containers/0/resources/requests"))
                .isEqualTo(Json.parse("{\"cpu\":\"1\",\"memory\":\"1Gi\"}"));
        assertThat(pod.at("/status").toString()).isEqualTo("{\"phase\":\"Pending\",\"qosClass\":\"Guaranteed\"}");
        assertThat(List.of("tolerations", "serviceAccountName", "priority"))
                .as("what admission adds")
                .noneMatch(pod.path("spec")::has);
        Defaults.admitted(Kinds.POD, pod);
        assertThat(pod.at("/spec/tolerations").size()).isEqualTo(2);
        assertThat(pod.at("/spec/serviceAccountName").asString()).isEqualTo("default");
        ObjectNode tolerant = withDefaults(Kinds.POD, "{'spec':{'tolerations':[{'operator':'Exists'}]}}");
        Defaults.admitted(Kinds.POD, tolerant);
        assertThat(tolerant.at("/spec/tolerations").size()).isEqualTo(1);
        assertThat(withDefaults(
                                Kinds.POD,
                                "{'spec':{'containers':[{'name':'a','resources':{'requests':{'cpu':'1m'}}}]}}")
                        .at("/status/qosClass")
                        .asString())
                .isEqualTo("Burstable");
    }

    @Test
    void probesAndVolumes() {
        ObjectNode pod = withDefaults(Kinds.POD, """
                {'spec':{'containers':[{'name':'a','livenessProbe':{'httpGet':{'port':80}}}],
                 'volumes':[{'name':'e'},{'name':'c','configMap':{'name':'x'}},{'name':'h','hostPath':{'path':'/x'}}]}}
                """);
        assertThat(pod.at("/spec/containers/0/livenessProbe")).isEqualTo(Json.parse("""
                        {"httpGet":{"port":80,"path":"/","scheme":"HTTP"},
                         "timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3}
                        """));
        assertThat(pod.at("/spec/volumes/0").toString()).isEqualTo("{\"name\":\"e\",\"emptyDir\":{}}");
        assertThat(pod.at("/spec/volumes/1/configMap/defaultMode").intValue()).isEqualTo(420);
        assertThat(pod.at("/spec/volumes/2/hostPath/type").asString()).isEmpty();
    }

    @Test
    void service() {
        becomes(
                Kinds.SERVICE,
                "{'spec':{'type':'NodePort','selector':{'a':'b'},'ports':[{'port':80},{'port':81,'targetPort':'web'}]}}",
                """
                {'spec':{'type':'NodePort','sessionAffinity':'None','internalTrafficPolicy':'Cluster',
                 'externalTrafficPolicy':'Cluster','ipFamilyPolicy':'SingleStack','ipFamilies':['IPv4'],'selector':{'a':'b'},
                 'ports':[{'port':80,'targetPort':80,'protocol':'TCP'},{'port':81,'targetPort':'web','protocol':'TCP'}]},
                 'status':{'loadBalancer':{}}}
                """);
    }

    @Test
    void textOfASecretBecomesData() {
        becomes(
                Kinds.SECRET,
                "{'data':{'a':'eA==','b':'eQ=='},'stringData':{'a':'hello'}}",
                "{'type':'Opaque','data':{'a':'aGVsbG8=','b':'eQ=='}}");
    }

    @Test
    void namespaceIsLabelledWithItsName() {
        becomes(
                Kinds.NAMESPACE,
                "{'metadata':{'name':'n'}}",
                "{'metadata':{'name':'n','labels':{'kubernetes.io/metadata.name':'n'}},'status':{'phase':'Active'}}");
    }

    @Test
    void aFieldThatIsNullIsAbsentAndAnItemThatIsNullSaysNothing() {
        ObjectNode pod = Json.parse("""
                {"metadata":{"finalizers":[null],"ownerReferences":[null],"labels":null},"spec":{"containers":[null,{"args":["a",null],"ports":[null],
                 "env":null,"resources":{"limits":{"cpu":null}}}],"nodeSelector":{"a":null}}}""");
        assertThat(Defaults.withoutNulls(Kinds.POD, pod)).isEqualTo(Json.parse("""
                {"metadata":{"finalizers":[""],"ownerReferences":[{}]},"spec":{"containers":[{},{"args":["a",""],"ports":[{}],
                 "resources":{"limits":{"cpu":"0"}}}],"nodeSelector":{"a":""}}}"""));
    }

    @Test
    void anEntryOfAMapOfTextsThatIsNullIsEmptyText() {
        ObjectNode map = Json.parse("""
                {"metadata":{"annotations":{"a":null},"labels":{"b":null,"c":"d"}},"data":{"e":null},"binaryData":{"f":null}}""");
        assertThat(Defaults.withoutNulls(Kinds.CONFIG_MAP, map)).isEqualTo(Json.parse("""
                {"metadata":{"annotations":{"a":""},"labels":{"b":"","c":"d"}},"data":{"e":""},"binaryData":{"f":""}}"""));
        assertThat(withDefaults(Kinds.SECRET, "{'stringData':{'a':null},'data':{'b':null}}")
                        .path("data"))
                .isEqualTo(Json.parse("{\"a\":\"\",\"b\":\"\"}"));
    }
}
