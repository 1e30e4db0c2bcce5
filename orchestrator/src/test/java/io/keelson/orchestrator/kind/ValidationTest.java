package io.keelson.orchestrator.kind;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class ValidationTest {

    private static final String WEB = """
            {'metadata':{'name':'web'},'spec':{'selector':{'matchLabels':{'app':'web'}},
             'template':{'metadata':{'labels':{'app':'web'}},'spec':{'containers':[{'name':'a','image':'i'}]}}}}
            """;

    private static ObjectNode object(Kind kind, String json) {
        ObjectNode object = Json.parse(json.replace('\'', '"'));
        Defaults.apply(kind, object);
        return object;
    }

    private static List<String> create(Kind kind, String json) {
        return Validation.validate(kind, Optional.empty(), object(kind, json)).stream()
                .map(Cause::toString)
                .toList();
    }

    private static List<String> update(Kind kind, String live, String json) {
        return Validation.validate(kind, Optional.of(object(kind, live)), object(kind, json)).stream()
                .map(Cause::toString)
                .toList();
    }

    private static List<String> pod(String spec) {
        return create(Kinds.POD, "{'metadata':{'name':'p'},'spec':" + spec + "}");
    }

    @Test
    void goodObjectsHaveNoCauses() {
        assertThat(create(Kinds.DEPLOYMENT, WEB)).isEmpty();
        assertThat(update(Kinds.DEPLOYMENT, WEB, WEB)).isEmpty();
        assertThat(
                        create(
                                Kinds.SERVICE,
                                "{'metadata':{'name':'web'},'spec':{'selector':{'app':'web'},'ports':[{'port':80,'targetPort':'http'}]}}"))
                .isEmpty();
        assertThat(create(Kinds.POD, """
                        {'metadata':{'name':'p','labels':{'example.com/a':'b','c':''}},
                         'spec':{'volumes':[{'name':'v','configMap':{'name':'c'}}],
                          'initContainers':[{'name':'i','image':'i'}],
                          'containers':[{'name':'a','image':'i','volumeMounts':[{'name':'v','mountPath':'/v'}],
                           'env':[{'name':'A','valueFrom':{'fieldRef':{'fieldPath':'status.podIP'}}}],
                           'livenessProbe':{'httpGet':{'port':'http'}},'ports':[{'containerPort':80,'name':'http'}],
                           'resources':{'requests':{'cpu':'100m'},'limits':{'cpu':'1'}}}]}}
                        """)).isEmpty();
        for (Kind kind : List.of(
                Kinds.NAMESPACE,
                Kinds.NODE,
                Kinds.CONFIG_MAP,
                Kinds.SECRET,
                Kinds.SERVICE_ACCOUNT,
                Kinds.LEASE,
                Kinds.ENDPOINTS)) {
            assertThat(create(kind, "{'metadata':{'name':'n'}}"))
                    .as(kind.toString())
                    .isEmpty();
        }
    }

    @Test
    void containersThatLookIntoAPodComeLaterAndCarryNothingOfIt() {
        String looking = "'containers':[{'name':'a','image':'i'}],'volumes':[{'name':'v','emptyDir':{}}],"
                + "'ephemeralContainers':[{'name':'look','image':'i','targetContainerName':'a','resources':{}}]";
        assertThat(pod("{" + looking + "}"))
                .containsExactly("spec.ephemeralContainers: Forbidden: cannot be set on create");
        String live = "{'metadata':{'name':'p'},'spec':{" + looking + "}}";
        assertThat(update(Kinds.POD, live, live)).isEmpty();
        assertThat(create(
                        Kinds.DEPLOYMENT,
                        WEB.replace(
                                "'spec':{'containers'",
                                "'spec':{" + looking.substring(looking.indexOf("'ephemeralContainers'"))
                                        + ",'containers'")))
                .containsExactly(
                        "spec.template.spec.ephemeralContainers: Forbidden: ephemeral containers not allowed in pod template");
        String wrong = live.replace(
                "'targetContainerName':'a','resources':{}",
                "'targetContainerName':'look','resources':{'limits':{'cpu':'1'}},'ports':[{'containerPort':1}],"
                        + "'livenessProbe':{'tcpSocket':{'port':1}},"
                        + "'volumeMounts':[{'name':'v','mountPath':'/v','subPath':'s'}]");
        String path = "spec.ephemeralContainers[0].";
        String no = ": Forbidden: cannot be set for an Ephemeral Container";
        assertThat(update(Kinds.POD, wrong, wrong))
                .containsExactlyInAnyOrder(
                        path + "targetContainerName: Not found: \"look\"",
                        path + "resources" + no,
                        path + "ports" + no,
                        path + "livenessProbe" + no,
                        path + "volumeMounts[0].subPath" + no);
        String twice = live.replace("'name':'look'", "'name':'a'");
        assertThat(update(Kinds.POD, twice, twice)).containsExactly(path + "name: Duplicate value: \"a\"");
    }

    @Test
    void namesFollowTheirRules() {
        assertThat(create(Kinds.CONFIG_MAP, "{}"))
                .containsExactly("metadata.name: Required value: name or generateName is required");
        assertThat(create(Kinds.CONFIG_MAP, "{'metadata':{'name':'Foo_Bar'}}"))
                .containsExactly(
                        "metadata.name: Invalid value: \"Foo_Bar\": a lowercase RFC 1123 subdomain must consist of lower case"
                                + " alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
                                + " (e.g. 'example.com', regex used for validation is"
                                + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
        assertThat(create(Kinds.NAMESPACE, "{'metadata':{'name':'a.b'}}")).hasSize(1);
        assertThat(create(Kinds.CONFIG_MAP, "{'metadata':{'name':'" + "a".repeat(254) + "'}}"))
                .containsExactly(
                        "metadata.name: Invalid value: \"" + "a".repeat(254) + "\": must be no more than 253 bytes");
    }

    @Test
    void labelsAndAnnotationsFollowTheirRules() {
        assertThat(create(Kinds.CONFIG_MAP, "{'metadata':{'name':'n','labels':{'a b':'x'}}}"))
                .singleElement()
                .asString()
                .startsWith(
                        "metadata.labels: Invalid value: \"a b\": name part must consist of alphanumeric characters");
        assertThat(create(Kinds.CONFIG_MAP, "{'metadata':{'name':'n','labels':{'a':'x y'}}}"))
                .singleElement()
                .asString()
                .startsWith("metadata.labels: Invalid value: \"x y\": a valid label must be an empty string");
        assertThat(create(
                        Kinds.CONFIG_MAP,
                        "{'metadata':{'name':'n','annotations':{'a':'" + "x".repeat(256 * 1024) + "'}}}"))
                .containsExactly("metadata.annotations: Too long: may not be more than 262144 bytes");
    }

    @Test
    void deploymentNeedsASelectorThatMatchesItsTemplate() {
        assertThat(create(Kinds.DEPLOYMENT, "{'metadata':{'name':'web'},'spec':{}}"))
                .containsExactly("spec.selector: Required value", "spec.template: Required value");
        assertThat(create(Kinds.DEPLOYMENT, WEB.replace("'labels':{'app':'web'}", "'labels':{'app':'db'}")))
                .containsExactly(
                        "spec.template.metadata.labels: Invalid value: {\"app\":\"db\"}: `selector` does not match template `labels`");
        assertThat(create(Kinds.DEPLOYMENT, WEB.replace("{'matchLabels':{'app':'web'}}", "{}")))
                .containsExactly("spec.selector: Invalid value: {}: empty selector is invalid for deployment");
        assertThat(update(Kinds.DEPLOYMENT, WEB, WEB.replace("'app':'web'", "'app':'db'")))
                .containsExactly(
                        "spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"db\"}}: field is immutable");
    }

    @Test
    void deploymentNumbersAndStrategy() {
        assertThat(create(Kinds.DEPLOYMENT, WEB.replace("'spec':{'selector'", "'spec':{'replicas':-1,'selector'")))
                .containsExactly("spec.replicas: Invalid value: -1: must be greater than or equal to 0");
        assertThat(create(
                        Kinds.DEPLOYMENT,
                        WEB.replace(
                                "'spec':{'selector'",
                                "'spec':{'strategy':{'rollingUpdate':{'maxSurge':0,'maxUnavailable':0}},'selector'")))
                .containsExactly(
                        "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0");
        assertThat(create(
                        Kinds.DEPLOYMENT,
                        WEB.replace("'spec':{'selector'", "'spec':{'strategy':{'type':'Sudden'},'selector'")))
                .containsExactly(
                        "spec.strategy.type: Unsupported value: \"Sudden\": supported values: \"Recreate\", \"RollingUpdate\"");
        assertThat(create(
                        Kinds.DEPLOYMENT,
                        WEB.replace("'spec':{'containers'", "'spec':{'restartPolicy':'Never','containers'")))
                .containsExactly(
                        "spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"");
    }

    @Test
    void containers() {
        assertThat(pod("{}")).containsExactly("spec.containers: Required value");
        assertThat(pod("{'containers':[{'name':'A','image':'i'},{'image':'i'},{'name':'b'}]}"))
                .hasSize(3)
                .contains("spec.containers[1].name: Required value", "spec.containers[2].image: Required value");
        assertThat(pod("{'containers':[{'name':'a','image':'i'},{'name':'a','image':'i'}]}"))
                .containsExactly("spec.containers[1].name: Duplicate value: \"a\"");
        assertThat(pod("{'containers':[{'name':'a','image':'i','ports':[{'containerPort':70000},{}]}]}"))
                .containsExactly(
                        "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
                        "spec.containers[0].ports[1].containerPort: Required value");
        assertThat(pod("{'containers':[{'name':'a','image':'i','volumeMounts':[{'name':'v','mountPath':'/v'}]}]}"))
                .containsExactly("spec.containers[0].volumeMounts[0].name: Not found: \"v\"");
        assertThat(pod("{'containers':[{'name':'a','image':'i','livenessProbe':{'periodSeconds':-1}}]}"))
                .containsExactly(
                        "spec.containers[0].livenessProbe: Required value: must specify a handler type",
                        "spec.containers[0].livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0");
        assertThat(
                        pod(
                                "{'containers':[{'name':'a','image':'i','resources':{'requests':{'cpu':'2'},'limits':{'cpu':'1'}}}]}"))
                .containsExactly(
                        "spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1");
        assertThat(
                        pod(
                                "{'containers':[{'name':'a','image':'i'}],'volumes':[{'name':'v','secret':{'secretName':'s'},'hostPath':{'path':'/x'}}]}"))
                .containsExactly("spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type");
    }

    @Test
    void podGetsANewImageAndANodeOnlyByItsBinding() {
        String pod = "{'metadata':{'name':'p'},'spec':{'nodeName':'%s','containers':[{'name':'a','image':'%s'}]}}";
        String unbound = "{'metadata':{'name':'p'},'spec':{'containers':[{'name':'a','image':'i'}]}}";
        assertThat(update(Kinds.POD, unbound, pod.formatted("n1", "i")))
                .singleElement()
                .asString()
                .startsWith("spec: Forbidden: pod updates may not change fields other than");
        assertThat(update(Kinds.POD, pod.formatted("n1", "i"), pod.formatted("n1", "j")))
                .isEmpty();
        assertThat(update(Kinds.POD, pod.formatted("n1", "i"), pod.formatted("n2", "i")))
                .singleElement()
                .asString()
                .startsWith("spec: Forbidden: pod updates may not change fields other than");
    }

    @Test
    void gatesOfAPodOnlyGo() {
        String pod =
                "{'metadata':{'name':'p'},'spec':{'containers':[{'name':'a','image':'i'}],'schedulingGates':[%s]}}";
        String two = pod.formatted("{'name':'x'},{'name':'y'}");
        assertThat(update(Kinds.POD, two, pod.formatted("{'name':'y'}"))).isEmpty();
        assertThat(update(Kinds.POD, two, pod.formatted(""))).isEmpty();
        assertThat(update(Kinds.POD, pod.formatted("{'name':'y'}"), two))
                .containsExactly(
                        "spec.schedulingGates: Forbidden: only deletion is allowed, but found new scheduling gate 'x'");
    }

    @Test
    void services() {
        assertThat(create(Kinds.SERVICE, "{'metadata':{'name':'s'},'spec':{}}"))
                .containsExactly("spec.ports: Required value");
        assertThat(create(Kinds.SERVICE, "{'metadata':{'name':'s'},'spec':{'clusterIP':'None'}}"))
                .isEmpty();
        assertThat(create(Kinds.SERVICE, "{'metadata':{'name':'1s'},'spec':{'ports':[{'port':80},{'port':80}]}}"))
                .hasSize(4)
                .contains("spec.ports[0].name: Required value")
                .anyMatch(cause -> cause.startsWith("spec.ports[1]: Duplicate value"))
                .anyMatch(cause -> cause.startsWith("metadata.name: Invalid value: \"1s\": a DNS-1035 label"));
        String service = "{'metadata':{'name':'s'},'spec':{'clusterIP':'%s','ports':[{'port':80}]}}";
        assertThat(update(Kinds.SERVICE, service.formatted("10.96.0.5"), service.formatted("10.96.0.6")))
                .containsExactly("spec.clusterIPs[0]: Invalid value: [\"10.96.0.6\"]: may not change once set");
        assertThat(create(Kinds.SERVICE, service.formatted("10.96.0")))
                .containsExactly(
                        "spec.clusterIP: Invalid value: \"10.96.0\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
        assertThat(create(Kinds.SERVICE, "{'metadata':{'name':'s'},'spec':{'type':'Cloud','ports':[{'port':80}]}}"))
                .containsExactly(
                        "spec.type: Unsupported value: \"Cloud\": supported values: \"ClusterIP\", \"ExternalName\", \"LoadBalancer\", \"NodePort\"");
    }

    @Test
    void configAndSecrets() {
        assertThat(create(Kinds.CONFIG_MAP, "{'metadata':{'name':'n'},'data':{'a/b':''}}"))
                .singleElement()
                .asString()
                .startsWith("data[a/b]: Invalid value: \"a/b\": a valid config key must consist of");
        assertThat(create(
                        Kinds.SECRET, "{'metadata':{'name':'n'},'type':'kubernetes.io/tls','data':{'tls.crt':'eA=='}}"))
                .containsExactly("data[tls.key]: Required value");
        assertThat(update(
                        Kinds.CONFIG_MAP,
                        "{'metadata':{'name':'n'},'immutable':true,'data':{'a':'1'}}",
                        "{'metadata':{'name':'n'},'immutable':true,'data':{'a':'2'}}"))
                .containsExactly("data: Forbidden: field is immutable when `immutable` is set");
        assertThat(create(
                        Kinds.CONFIG_MAP,
                        "{'metadata':{'name':'n'},'data':{'a':'" + "x".repeat(1024 * 1024 + 1) + "'}}"))
                .containsExactly("[]: Too long: may not be more than 1048576 bytes");
        assertThat(create(Kinds.SECRET, secret(1024 * 1024))).isEmpty();
        assertThat(create(Kinds.SECRET, secret(1024 * 1024 + 1)))
                .containsExactly("data: Too long: may not be more than 1048576 bytes");
    }

    private static String secret(int bytes) {
        return "{'metadata':{'name':'n'},'data':{'a':'" + Base64.getEncoder().encodeToString(new byte[bytes]) + "'}}";
    }

    @Test
    void causesCarryKubernetesReasons() {
        assertThat(Validation.validate(Kinds.POD, Optional.empty(), object(Kinds.POD, "{'metadata':{'name':'p'}}")))
                .containsExactly(new Cause("FieldValueRequired", "spec.containers", "Required value"));
    }

    @Test
    void wrongTypesDoNotBreakValidation() {
        for (Kind kind : Kinds.builtIn().all()) {
            assertThat(
                            Validation.validate(
                                    kind,
                                    Optional.empty(),
                                    object(
                                            kind,
                                            "{'metadata':{'name':'x','labels':3},'spec':{'containers':[1,'a',{}],'template':7,'ports':[1],'selector':[]},'data':[1],'subsets':[[]],'endpoints':[1]}")))
                    .as(kind.toString())
                    .isNotNull();
        }
    }
}
