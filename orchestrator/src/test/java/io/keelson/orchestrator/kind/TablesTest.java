package io.keelson.orchestrator.kind;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class TablesTest {

    private static final Instant NOW = Instant.parse("2026-01-05T10:00:00Z");

    /** The row of an object created 3 days and 4 hours ago, cells parted by bars. */
    private static String row(Kind kind, String json) {
        ObjectNode object = Json.parse(json.replace('\'', '"'));
        Json.child(object, "metadata").put("name", "x").put("creationTimestamp", "2026-01-02T06:00:00Z");
        ObjectNode table = Tables.table(kind, List.of(object), NOW, IncludeObject.METADATA);
        JsonNode cells = table.at("/rows/0/cells");
        assertThat(cells.size()).isEqualTo(table.path("columnDefinitions").size());
        return String.join(
                "|",
                Json.items(table, "rows")
                        .getFirst()
                        .path("cells")
                        .valueStream()
                        .map(JsonNode::asString)
                        .toList());
    }

    private static String header(Kind kind) {
        ObjectNode table = Tables.table(kind, List.of(), NOW, IncludeObject.NONE);
        return String.join(
                " ",
                Json.items(table, "columnDefinitions").stream()
                        .map(column -> (column.path("priority").asInt() > 0 ? "+" : "")
                                + column.path("name")
                                        .asString()
                                        .toUpperCase(Locale.ROOT)
                                        .replace(' ', '-'))
                        .toList());
    }

    @Test
    void headersAreThoseOfKubernetes() {
        assertThat(header(Kinds.POD))
                .isEqualTo("NAME READY STATUS RESTARTS AGE +IP +NODE +NOMINATED-NODE +READINESS-GATES");
        assertThat(header(Kinds.DEPLOYMENT))
                .isEqualTo("NAME READY UP-TO-DATE AVAILABLE AGE +CONTAINERS +IMAGES +SELECTOR");
        assertThat(header(Kinds.REPLICA_SET)).isEqualTo("NAME DESIRED CURRENT READY AGE +CONTAINERS +IMAGES +SELECTOR");
        assertThat(header(Kinds.SERVICE)).isEqualTo("NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE +SELECTOR");
        assertThat(header(Kinds.ENDPOINTS)).isEqualTo("NAME ENDPOINTS AGE");
        assertThat(header(Kinds.ENDPOINT_SLICE)).isEqualTo("NAME ADDRESSTYPE PORTS ENDPOINTS AGE");
        assertThat(header(Kinds.NODE))
                .isEqualTo(
                        "NAME STATUS ROLES AGE VERSION +INTERNAL-IP +EXTERNAL-IP +OS-IMAGE +KERNEL-VERSION +CONTAINER-RUNTIME");
        assertThat(header(Kinds.NAMESPACE)).isEqualTo("NAME STATUS AGE");
        assertThat(header(Kinds.CONFIG_MAP)).isEqualTo("NAME DATA AGE");
        assertThat(header(Kinds.SECRET)).isEqualTo("NAME TYPE DATA AGE");
        assertThat(header(Kinds.SERVICE_ACCOUNT)).isEqualTo("NAME AGE");
        assertThat(header(Kinds.EVENT))
                .isEqualTo("LAST-SEEN TYPE REASON OBJECT +SUBOBJECT +SOURCE MESSAGE +FIRST-SEEN +COUNT +NAME");
        assertThat(header(Kinds.LEASE)).isEqualTo("NAME HOLDER AGE");
    }

    @Test
    void aLoadBalancerIsShownWhole() {
        assertThat(row(Kinds.SERVICE, """
                        {'spec':{'type':'LoadBalancer','clusterIPs':['10.0.0.1'],'ports':[{'port':80,'protocol':'TCP'}]},
                         'status':{'loadBalancer':{'ingress':[{'hostname':'a1b2c3.elb.eu-west-1.example.com'}]}}}
                        """))
                .isEqualTo("x|LoadBalancer|10.0.0.1|a1b2c3.elb.eu-west-1.example.com|80/TCP|3d4h|<none>");
    }

    @Test
    void aRequestThatFailedIsPendingToo() {
        Kind requests = Kinds.builtIn()
                .byResource("certificates.k8s.io", "v1", "certificatesigningrequests")
                .orElseThrow();
        assertThat(row(requests, "{'status':{'conditions':[{'type':'Failed'}]}}"))
                .endsWith("|Pending,Failed");
        assertThat(row(requests, "{'status':{'conditions':[{'type':'Approved'}],'certificate':'AA=='}}"))
                .endsWith("|Approved,Issued");
    }

    @Test
    void runningPod() {
        assertThat(row(Kinds.POD, """
                        {'spec':{'nodeName':'n1','containers':[{'name':'a'},{'name':'b'}]},
                         'status':{'phase':'Running','podIP':'10.244.0.5','containerStatuses':[
                          {'name':'a','ready':true,'restartCount':2,'state':{'running':{}},
                           'lastState':{'terminated':{'finishedAt':'2026-01-05T09:55:00Z'}}},
                          {'name':'b','ready':false,'restartCount':0,'state':{'running':{}}}]}}
                        """)).isEqualTo("x|1/2|Running|2 (5m ago)|3d4h|10.244.0.5|n1|<none>|<none>");
    }

    private static String status(String podJson) {
        return row(Kinds.POD, podJson).split("\\|", -1)[2];
    }

    @Test
    void podStatusIsTheMostTellingReason() {
        assertThat(status("{'status':{'phase':'Pending'}}")).isEqualTo("Pending");
        assertThat(status("{'status':{'phase':'Failed','reason':'Evicted'}}")).isEqualTo("Evicted");
        assertThat(
                        status(
                                "{'status':{'phase':'Pending','containerStatuses':[{'state':{'waiting':{'reason':'ImagePullBackOff'}}}]}}"))
                .isEqualTo("ImagePullBackOff");
        assertThat(
                        status(
                                "{'status':{'phase':'Running','containerStatuses':[{'state':{'waiting':{'reason':'CrashLoopBackOff'}}}]}}"))
                .isEqualTo("CrashLoopBackOff");
        assertThat(
                        status(
                                "{'status':{'phase':'Succeeded','containerStatuses':[{'state':{'terminated':{'reason':'Completed'}}}]}}"))
                .isEqualTo("Completed");
        assertThat(status(
                        "{'status':{'phase':'Failed','containerStatuses':[{'state':{'terminated':{'exitCode':3}}}]}}"))
                .isEqualTo("ExitCode:3");
        assertThat(status("{'metadata':{'deletionTimestamp':'2026-01-05T09:59:00Z'},'status':{'phase':'Running'}}"))
                .isEqualTo("Terminating");
        assertThat(
                        status(
                                "{'metadata':{'deletionTimestamp':'2026-01-05T09:59:00Z'},'status':{'phase':'Running','reason':'NodeLost'}}"))
                .isEqualTo("Unknown");
        String half = """
                {'spec':{'containers':[{'name':'a'},{'name':'b'}]},'status':{'phase':'Running','conditions':[{'type':'Ready','status':'%s'}],
                 'containerStatuses':[{'name':'a','state':{'terminated':{'reason':'Completed'}}},
                  {'name':'b','ready':true,'state':{'running':{}}}]}}
                """;
        assertThat(status(half.formatted("False"))).isEqualTo("NotReady");
        assertThat(status(half.formatted("True"))).isEqualTo("Running");
    }

    @Test
    void initContainersAreCountedThrough() {
        String pod = """
                {'spec':{'initContainers':[{'name':'i'},{'name':'j'}],'containers':[{'name':'a'}]},
                 'status':{'phase':'Pending','initContainerStatuses':[{'name':'i','state':{'terminated':{'exitCode':0}}},
                  {'name':'j','state':%s}]}}
                """;
        assertThat(status(pod.formatted("{'running':{}}"))).isEqualTo("Init:1/2");
        assertThat(status(pod.formatted("{'waiting':{'reason':'ErrImagePull'}}")))
                .isEqualTo("Init:ErrImagePull");
        assertThat(status(pod.formatted("{'terminated':{'exitCode':1,'reason':'Error'}}")))
                .isEqualTo("Init:Error");
        assertThat(status(pod.formatted("{'terminated':{'exitCode':0}}"))).isEqualTo("Pending");
    }

    @Test
    void workloads() {
        String template =
                "'selector':{'matchLabels':{'b':'2','a':'1'}},'template':{'spec':{'containers':[{'name':'c','image':'i'},{'name':'d','image':'j'}]}}";
        assertThat(row(
                        Kinds.DEPLOYMENT,
                        "{'spec':{'replicas':3," + template
                                + "},'status':{'readyReplicas':2,'updatedReplicas':3,'availableReplicas':1}}"))
                .isEqualTo("x|2/3|3|1|3d4h|c,d|i,j|a=1,b=2");
        assertThat(row(
                        Kinds.REPLICA_SET,
                        "{'spec':{'replicas':3," + template + "},'status':{'replicas':2,'readyReplicas':1}}"))
                .isEqualTo("x|3|2|1|3d4h|c,d|i,j|a=1,b=2");
    }

    @Test
    void services() {
        assertThat(
                        row(
                                Kinds.SERVICE,
                                "{'spec':{'type':'NodePort','clusterIP':'10.96.0.9','clusterIPs':['10.96.0.9'],'selector':{'a':'b'},'ports':[{'port':80,'nodePort':30080,'protocol':'TCP'},{'port':53,'protocol':'UDP'}]}}"))
                .isEqualTo("x|NodePort|10.96.0.9|<none>|80:30080/TCP,53/UDP|3d4h|a=b");
        assertThat(row(Kinds.SERVICE, "{'spec':{'type':'LoadBalancer','clusterIP':'10.96.0.9'}}"))
                .isEqualTo("x|LoadBalancer|10.96.0.9|<pending>|<none>|3d4h|<none>");
        assertThat(row(Kinds.SERVICE, "{'spec':{'type':'ExternalName','externalName':'example.com'}}"))
                .isEqualTo("x|ExternalName|<none>|example.com|<none>|3d4h|<none>");
    }

    @Test
    void endpointsAreCutAfterThree() {
        assertThat(row(Kinds.ENDPOINTS, "{}")).isEqualTo("x|<none>|3d4h");
        assertThat(
                        row(
                                Kinds.ENDPOINTS,
                                "{'subsets':[{'addresses':[{'ip':'10.0.0.1'},{'ip':'10.0.0.2'}],'ports':[{'port':80},{'port':81}]}]}"))
                .isEqualTo("x|10.0.0.1:80,10.0.0.2:80,10.0.0.1:81 + 1 more...|3d4h");
        assertThat(
                        row(
                                Kinds.ENDPOINT_SLICE,
                                "{'addressType':'IPv4','ports':[{'port':80}],'endpoints':[{'addresses':['10.0.0.1']},{'addresses':['10.0.0.2']}]}"))
                .isEqualTo("x|IPv4|80|10.0.0.1,10.0.0.2|3d4h");
        assertThat(row(Kinds.ENDPOINT_SLICE, "{'addressType':'IPv4'}")).isEqualTo("x|IPv4|<unset>|<unset>|3d4h");
    }

    @Test
    void nodes() {
        assertThat(row(Kinds.NODE, """
                        {'metadata':{'labels':{'node-role.kubernetes.io/worker':'','node-role.kubernetes.io/control-plane':''}},
                         'spec':{'unschedulable':true},'status':{'conditions':[{'type':'Ready','status':'True'}],
                          'addresses':[{'type':'InternalIP','address':'192.168.1.2'}],
                          'nodeInfo':{'kubeletVersion':'v1.36.0','osImage':'Debian','kernelVersion':'6.1','containerRuntimeVersion':'containerd://1.6'}}}
                        """))
                .isEqualTo(
                        "x|Ready,SchedulingDisabled|control-plane,worker|3d4h|v1.36.0|192.168.1.2|<none>|Debian|6.1|containerd://1.6");
        assertThat(row(Kinds.NODE, "{}"))
                .isEqualTo("x|Unknown|<none>|3d4h||<none>|<none>|<unknown>|<unknown>|<unknown>");
    }

    @Test
    void small() {
        assertThat(row(Kinds.NAMESPACE, "{'status':{'phase':'Active'}}")).isEqualTo("x|Active|3d4h");
        assertThat(row(Kinds.CONFIG_MAP, "{'data':{'a':'1','b':'2'},'binaryData':{'c':''}}"))
                .isEqualTo("x|3|3d4h");
        assertThat(row(Kinds.SECRET, "{'type':'Opaque','data':{'a':''}}")).isEqualTo("x|Opaque|1|3d4h");
        assertThat(row(Kinds.SERVICE_ACCOUNT, "{}")).isEqualTo("x|3d4h");
        assertThat(row(Kinds.LEASE, "{'spec':{'holderIdentity':'h'}}")).isEqualTo("x|h|3d4h");
    }

    @Test
    void events() {
        assertThat(row(Kinds.EVENT, """
                        {'involvedObject':{'kind':'Pod','name':'p','fieldPath':'spec.containers{a}'},'type':'Warning','reason':'BackOff',
                         'message':' restarting ','source':{'component':'agent','host':'n1'},'count':3,
                         'firstTimestamp':'2026-01-05T09:50:00Z','lastTimestamp':'2026-01-05T09:59:30Z'}
                        """))
                .isEqualTo("30s|Warning|BackOff|pod/p|spec.containers{a}|agent, n1|restarting|10m|3|x");
    }

    @Test
    void rowsCarryWhatWasAskedFor() {
        ObjectNode pod = Json.parse("{\"metadata\":{\"name\":\"p\"},\"status\":{\"phase\":\"Succeeded\"}}");
        assertThat(Tables.table(Kinds.POD, List.of(pod), NOW, IncludeObject.NONE)
                        .at("/rows/0")
                        .has("object"))
                .isFalse();
        assertThat(Tables.table(Kinds.POD, List.of(pod), NOW, IncludeObject.METADATA)
                        .at("/rows/0/object"))
                .isEqualTo(
                        Json.parse(
                                "{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":{\"name\":\"p\"}}"));
        JsonNode row =
                Tables.table(Kinds.POD, List.of(pod), NOW, IncludeObject.OBJECT).at("/rows/0");
        assertThat(row.path("object")).isEqualTo(pod);
        assertThat(row.at("/conditions/0/reason").asString()).isEqualTo("Succeeded");
    }

    @Test
    void agesHaveTwoPartsAtMost() {
        Object[][] ages = {
            {-2, "<invalid>"},
            {-1, "0s"},
            {0, "0s"},
            {119, "119s"},
            {120, "2m"},
            {599, "9m59s"},
            {600, "10m"},
            {10_799, "179m"},
            {10_800, "3h"},
            {28_799, "7h59m"},
            {28_800, "8h"},
            {172_799, "47h"},
            {172_800, "2d"},
            {273_600, "3d4h"},
            {691_200, "8d"},
            {63_071_999, "729d"},
            {63_072_000, "2y"},
            {63_158_400, "2y1d"},
            {252_288_000, "8y"}
        };
        for (Object[] age : ages) {
            assertThat(Age.of(Duration.ofSeconds((Integer) age[0])))
                    .as("%s s", age[0])
                    .isEqualTo(age[1]);
        }
    }
}
