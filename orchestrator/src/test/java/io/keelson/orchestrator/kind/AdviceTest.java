package io.keelson.orchestrator.kind;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** What writers are warned of, in Kubernetes' words. */
class AdviceTest {

    private static ObjectNode object(Kind kind, String json) {
        ObjectNode object = Json.parse(json.replace('\'', '"'));
        Defaults.apply(kind, object);
        return object;
    }

    private static List<String> create(Kind kind, String json) {
        return Advice.of(kind, Optional.empty(), object(kind, json));
    }

    private static List<String> update(Kind kind, String live, String json) {
        return Advice.of(kind, Optional.of(object(kind, live)), object(kind, json));
    }

    /** Of a pod with this beside its one container. */
    private static List<String> pod(String more) {
        return create(
                Kinds.POD, "{'metadata':{'name':'p'},'spec':{'containers':[{'name':'c','image':'i'}]" + more + "}}");
    }

    private static List<String> container(String more) {
        return create(
                Kinds.POD, "{'metadata':{'name':'p'},'spec':{'containers':[{'name':'c','image':'i'" + more + "}]}}");
    }

    private static Kind kind(String group, String version, String resource) {
        return Kinds.builtIn().byResource(group, version, resource).orElseThrow();
    }

    @Test
    void whatIsFineNeedsNoAdvice() {
        assertThat(pod("")).isEmpty();
        assertThat(container(",'env':[{'name':'A','value':'1'},{'name':'A','value':'$(A)2'}],"
                        + "'ports':[{'containerPort':80},{'containerPort':80,'protocol':'UDP'}],"
                        + "'resources':{'requests':{'memory':'1.5Ki','cpu':'1m'},'limits':{'memory':'1e3'}}"))
                .isEmpty();
        assertThat(create(Kinds.SERVICE, "{'metadata':{'name':'s'},'spec':{'ports':[{'port':80}]}}"))
                .isEmpty();
    }

    @Test
    void namesThatMakeNoHostnames() {
        assertThat(create(Kinds.POD, "{'metadata':{'name':'a.b'},'spec':{'containers':[{'name':'c','image':'i'}]}}"))
                .containsExactly(
                        "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior;"
                                + " a DNS label is recommended: [must not contain dots]");
        String long64 = "x".repeat(64);
        String deployment = "{'metadata':{'name':'" + long64 + "'},'spec':{'template':{}}}";
        assertThat(create(Kinds.DEPLOYMENT, deployment))
                .containsExactly(
                        "metadata.name: this is used in Pod names and hostnames, which can result in surprising"
                                + " behavior; a DNS label is recommended: [must be no more than 63 bytes]");
        assertThat(update(Kinds.DEPLOYMENT, deployment, deployment.replace("{}", "{'spec':{}}")))
                .isEmpty();
        assertThat(create(kind("apps", "v1", "daemonsets"), deployment)).isEmpty();
    }

    @Test
    void variablesThatHideOthers() {
        assertThat(container(",'env':[{'name':'A','value':'1'},{'name':'B','value':'1'},{'name':'A','value':'2'},"
                        + "{'name':'A','value':'$(A)'},{'name':'A','valueFrom':{'fieldRef':{'fieldPath':'x'}}}]"))
                .containsExactly(
                        "spec.containers[0].env[2]: hides previous definition of \"A\", which may be dropped when using apply",
                        "spec.containers[0].env[3]: hides previous definition of \"A\", which may be dropped when using apply",
                        "spec.containers[0].env[4]: hides previous definition of \"A\", which may be dropped when using apply");
    }

    @Test
    void portsThatMeet() {
        assertThat(pod(",'initContainers':[{'name':'i','image':'i','ports':[{'containerPort':80},"
                        + "{'containerPort':80},{'containerPort':80,'hostPort':8080}]}]"))
                .containsExactly(
                        "spec.initContainers[0].ports[1]: duplicate port definition with spec.initContainers[0].ports[0]",
                        "spec.initContainers[0].ports[2]: overlapping port definition with spec.initContainers[0].ports[0]",
                        "spec.initContainers[0].ports[2]: overlapping port definition with spec.initContainers[0].ports[1]");
        assertThat(container(",'ports':[{'containerPort':80,'hostPort':80},"
                        + "{'containerPort':80,'hostPort':80,'hostIP':'1.2.3.4'},"
                        + "{'name':'n','containerPort':81,'hostIP':'1.2.3.4'}]"))
                .containsExactly(
                        "spec.containers[0].ports[1]: dangerously ambiguous port definition with spec.containers[0].ports[0]",
                        "spec.containers[0].ports[2]: hostIP set without hostPort: {Name:n HostPort:0 ContainerPort:81"
                                + " Protocol:TCP HostIP:1.2.3.4}");
    }

    @Test
    void partsOfBytes() {
        assertThat(container(",'resources':{'limits':{'memory':'1500m','ephemeral-storage':'0.0001Ki'},"
                        + "'requests':{'memory':'0.5','cpu':'0.5'}}"))
                .containsExactly(
                        "spec.containers[0].resources.limits[memory]: fractional byte value \"1500m\" is invalid, must be an"
                                + " integer",
                        "spec.containers[0].resources.requests[memory]: fractional byte value \"500m\" is invalid, must be"
                                + " an integer",
                        "spec.containers[0].resources.limits[ephemeral-storage]: fractional byte value \"102400u\" is"
                                + " invalid, must be an integer",
                        // What is limited is requested, if nothing else is said.
                        "spec.containers[0].resources.requests[ephemeral-storage]: fractional byte value \"102400u\" is"
                                + " invalid, must be an integer");
        assertThat(create(
                        Kinds.builtIn()
                                .byResource("", "v1", "persistentvolumeclaims")
                                .orElseThrow(),
                        "{'metadata':{'name':'c','annotations':{'volume.beta.kubernetes.io/storage-class':'x'}},"
                                + "'spec':{'resources':{'requests':{'storage':'1m'}}}}"))
                .containsExactly(
                        "metadata.annotations[volume.beta.kubernetes.io/storage-class]: deprecated since v1.8; use"
                                + " \"storageClassName\" attribute instead",
                        "spec.resources.requests[storage]: fractional byte value \"1m\" is invalid, must be an integer");
    }

    @Test
    void labelsOfNodesThatAreDeprecated() {
        assertThat(pod(",'nodeSelector':{'beta.kubernetes.io/os':'linux','kubernetes.io/os':'linux'}"))
                .containsExactly("spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use"
                        + " \"kubernetes.io/os\" instead");
        String term = "{'matchExpressions':[{'key':'a','operator':'Exists'},"
                + "{'key':'failure-domain.beta.kubernetes.io/zone','operator':'Exists'}]}";
        String said = ".matchExpressions[1].key: failure-domain.beta.kubernetes.io/zone is deprecated since v1.17; use"
                + " \"topology.kubernetes.io/zone\" instead";
        assertThat(pod(",'affinity':{'nodeAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':"
                        + "{'nodeSelectorTerms':[" + term + "]},'preferredDuringSchedulingIgnoredDuringExecution':"
                        + "[{'weight':1,'preference':" + term + "}]}}"))
                .containsExactly(
                        "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]"
                                + said,
                        "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference"
                                + said);
        assertThat(create(
                        kind("storage.k8s.io", "v1", "storageclasses"),
                        "{'metadata':{'name':'s'},'allowedTopologies':[{'matchLabelExpressions':"
                                + "[{'key':'node-role.kubernetes.io/master','values':['x']}]}]}"))
                .containsExactly("allowedTopologies[0].matchLabelExpressions[0].key: use"
                        + " \"node-role.kubernetes.io/control-plane\" instead");
        assertThat(create(
                        kind("node.k8s.io", "v1", "runtimeclasses"),
                        "{'metadata':{'name':'r'},'handler':'h','scheduling':{'nodeSelector':"
                                + "{'beta.kubernetes.io/arch':'x'}}}"))
                .containsExactly("scheduling.nodeSelector: deprecated since v1.14; use \"kubernetes.io/arch\" instead");
    }

    @Test
    void whatMatchesNothing() {
        assertThat(pod(",'topologySpreadConstraints':[{'topologyKey':'beta.kubernetes.io/arch','maxSkew':1}],"
                        + "'affinity':{'podAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':"
                        + "[{'topologyKey':'x'},{'topologyKey':'x','labelSelector':{}}]},"
                        + "'podAntiAffinity':{'preferredDuringSchedulingIgnoredDuringExecution':"
                        + "[{'weight':1,'podAffinityTerm':{'topologyKey':'x'}}]}}"))
                .containsExactly(
                        "spec.topologySpreadConstraints[0].topologyKey: beta.kubernetes.io/arch is deprecated since v1.14;"
                                + " use \"kubernetes.io/arch\" instead",
                        "spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod",
                        "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: a null"
                                + " labelSelector results in matching no pod",
                        "spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm"
                                + ".labelSelector: a null labelSelector results in matching no pod");
    }

    @Test
    void annotationsThatDoNothing() {
        String annotations =
                "{'scheduler.alpha.kubernetes.io/critical-pod':'','security.alpha.kubernetes.io/sysctls':'',"
                        + "'seccomp.security.alpha.kubernetes.io/pod':'x','container.seccomp.security.alpha.kubernetes.io/c':'x',"
                        + "'container.apparmor.security.beta.kubernetes.io/c':'x'}";
        String template =
                "{'metadata':{'annotations':" + annotations + "},'spec':{'containers':[{'name':'c','image':'i'}]}}";
        assertThat(create(Kinds.DEPLOYMENT, "{'metadata':{'name':'d'},'spec':{'template':" + template + "}}"))
                .containsExactly(
                        "spec.template.metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in"
                                + " v1.16+; use the \"priorityClassName\" field instead",
                        "spec.template.metadata.annotations[security.alpha.kubernetes.io/sysctls]: non-functional in v1.11+;"
                                + " use the \"sysctls\" field instead",
                        "spec.template.metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: non-functional in"
                                + " v1.27+; use the \"seccompProfile\" field instead",
                        "spec.template.metadata.annotations[container.seccomp.security.alpha.kubernetes.io/c]: non-functional"
                                + " in v1.27+; use the \"seccompProfile\" field instead",
                        "spec.template.metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: deprecated"
                                + " since v1.30; use the \"appArmorProfile\" field instead");
    }

    @Test
    void templatesAreJudgedWhenWhatIsWishedChanges() {
        String cron = "{'metadata':{'name':'c'},'spec':{'schedule':'* * * * *','jobTemplate':{'spec':{'template':"
                + "{'spec':{'nodeSelector':{'beta.kubernetes.io/os':'x'}}}}}}}";
        String said =
                "spec.jobTemplate.spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use"
                        + " \"kubernetes.io/os\" instead";
        Kind kind = kind("batch", "v1", "cronjobs");
        assertThat(create(kind, cron)).containsExactly(said);
        assertThat(update(kind, cron, cron.replace("'name':'c'", "'name':'c','labels':{'a':'b'}")))
                .isEmpty();
        assertThat(update(kind, cron, cron.replace("* * * * *", "1 * * * *"))).containsExactly(said);
        String pod = "{'metadata':{'name':'p'},'spec':{'nodeSelector':{'beta.kubernetes.io/os':'x'}}}";
        assertThat(update(Kinds.POD, pod, pod.replace("'x'", "'y'"))).isEmpty();
    }

    @Test
    void listsThatSayThingsTwice() {
        assertThat(pod(",'hostAliases':[{'ip':'1.1.1.1'},{'ip':'1.1.1.1'}],"
                        + "'imagePullSecrets':[{'name':'a'},{'name':'a'},{}],'terminationGracePeriodSeconds':-1"))
                .containsExactly(
                        "spec.hostAliases[1].ip: duplicate ip \"1.1.1.1\"",
                        "spec.imagePullSecrets[1].name: duplicate name \"a\"",
                        "spec.imagePullSecrets[2].name: invalid empty name \"\"",
                        "spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated"
                                + " as 1");
    }

    @Test
    void filesThatAreWrittenOverEachOther() {
        assertThat(pod(",'volumes':[{'name':'v','configMap':{'name':'m','items':[{'key':'a','path':'x'},"
                        + "{'key':'b','path':'x/y'},{'key':'c','path':'xy'}]}},"
                        + "{'name':'p','projected':{'sources':[{'serviceAccountToken':{'path':'t'}},"
                        + "{'secret':{'name':'s','items':[{'key':'k','path':'t'}]}},{}]}}]"))
                .containsExactly(
                        "volume \"v\" (ConfigMap \"m\"): overlapping paths: \"x/y\" with \"x\"",
                        "volume \"p\" (Projected Secret \"s\"): overlapping paths: \"t\" with \"t\"",
                        "volume \"p\" (Projected) has no sources provided");
    }

    @Test
    void volumesThatAreNoMore() {
        assertThat(
                        pod(
                                ",'volumes':[{'name':'v','glusterfs':{}},{'name':'w','gitRepo':{}},{'name':'s','storageos':{}}]"))
                .containsExactly(
                        "spec.volumes[0].glusterfs: deprecated in v1.25, non-functional in v1.26+",
                        "spec.volumes[1].gitRepo: deprecated in v1.11",
                        "spec.volumes[2].storageOS: deprecated in v1.22, non-functional in v1.25+");
        assertThat(create(
                        kind("", "v1", "persistentvolumes"),
                        "{'metadata':{'name':'v'},'spec':{'persistentVolumeReclaimPolicy':'Recycle','rbd':{}}}"))
                .containsExactly(
                        "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the"
                                + " recommended approach is to use dynamic provisioning.",
                        "spec.rbd: deprecated in v1.28, non-functional in v1.31+");
    }

    @Test
    void whatServicesIgnore() {
        assertThat(create(
                        Kinds.SERVICE,
                        "{'metadata':{'name':'s','annotations':{'service.kubernetes.io/topology-aware-hints':'auto'}},"
                                + "'spec':{'clusterIP':'None','externalIPs':['1.1.1.1'],'loadBalancerIP':'1.1.1.1',"
                                + "'sessionAffinity':'ClientIP','externalName':'x'}}"))
                .containsExactly(
                        "annotation service.kubernetes.io/topology-aware-hints is deprecated, please use"
                                + " service.kubernetes.io/topology-mode instead",
                        "spec.loadBalancerIP is ignored for headless services",
                        "spec.externalIPs is ignored for headless services",
                        "spec.SessionAffinity is ignored for headless services",
                        "spec.externalName is ignored when spec.type is not \"ExternalName\"");
        assertThat(create(
                        Kinds.SERVICE,
                        "{'metadata':{'name':'s'},'spec':{'type':'ExternalName','externalName':'x',"
                                + "'externalIPs':['1.1.1.1']}}"))
                .containsExactly("spec.externalIPs is ignored when spec.type is \"ExternalName\"");
    }

    @Test
    void othersThatAreOldFashioned() {
        String ingress = "{'metadata':{'name':'i','annotations':{'kubernetes.io/ingress.class':'x'}},'spec':{}}";
        Kind kind = kind("networking.k8s.io", "v1", "ingresses");
        assertThat(create(kind, ingress))
                .containsExactly(
                        "annotation \"kubernetes.io/ingress.class\" is deprecated, please use 'spec.ingressClassName' instead");
        assertThat(update(kind, ingress, ingress)).isEmpty();
        assertThat(create(Kinds.NODE, "{'metadata':{'name':'n'},'spec':{'externalID':'x'}}"))
                .containsExactly("spec.externalID: this field is deprecated, and is unused by Kubernetes");
        assertThat(create(
                        kind("apps", "v1", "statefulsets"),
                        "{'metadata':{'name':'s'},'spec':{'revisionHistoryLimit':-1}}"))
                .containsExactly(
                        "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is"
                                + " recommended");
        assertThat(create(
                        kind("batch", "v1", "jobs"),
                        "{'metadata':{'name':'j'},'spec':{'completionMode':'Indexed','completions':100001,"
                                + "'parallelism':10001}}"))
                .containsExactly("spec: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism"
                        + " higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number"
                        + " of indexes fail");
        assertThat(Kinds.ENDPOINTS.deprecationWarning())
                .contains("v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");
        assertThat(Kinds.POD.deprecationWarning()).isEmpty();
    }

    @Test
    void whoSetsTheAnnotationForMountableSecretsIsTold() {
        Kind accounts = kind("", "v1", "serviceaccounts");
        String account = "{'metadata':{'name':'a','annotations':{'kubernetes.io/enforce-mountable-secrets':'true'}}}";
        assertThat(create(accounts, account))
                .containsExactly("metadata.annotations[kubernetes.io/enforce-mountable-secrets]: deprecated in v1.32+;"
                        + " prefer separate namespaces to isolate access to mounted secrets");
        assertThat(update(accounts, account, account)).isEmpty();
        assertThat(update(accounts, "{'metadata':{'name':'a'}}", account)).hasSize(1);
    }
}
