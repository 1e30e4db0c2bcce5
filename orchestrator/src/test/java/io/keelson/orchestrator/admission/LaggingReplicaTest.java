package io.keelson.orchestrator.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.DeleteOptions;
import io.keelson.orchestrator.api.PatchType;
import io.keelson.orchestrator.api.Stored;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.api.WriteCheck;
import io.keelson.orchestrator.api.WriteOptions;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Addresses;
import io.keelson.orchestrator.registry.FieldValidation;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RangeResponse;
import io.keelson.store.ForwardingKv;
import io.keelson.store.Kv;
import io.keelson.store.MemoryKv;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** A server whose replica lags behind decides as one whose does not: what it has here it only believes if the commit can prove it. */
class LaggingReplicaTest {

    private static final User ADMIN = new User("admin", List.of("system:masters"));
    private static final WriteOptions BY_ADMIN = WriteOptions.by(ADMIN);
    private static final Ref MAP = new Ref(Kinds.CONFIG_MAP, "default", "a");
    private static final Ref POD = new Ref(Kinds.POD, "default", "p");

    private final MemoryKv newest = new MemoryKv();
    private final Lagging replica = new Lagging(newest);
    private final Api other = server(newest, 1);
    private final Api lagging = server(replica, 2);

    /** Reads of the replica alone show an old revision, until a linearizable read has waited for it to catch up. */
    private static final class Lagging extends ForwardingKv {

        private final Kv newest;
        private long at;
        private int looksForPolicies;

        Lagging(Kv newest) {
            this.newest = newest;
        }

        @Override
        protected Kv kv() {
            return newest;
        }

        void stop(long revision) {
            at = revision;
        }

        @Override
        public RangeResponse range(RangeRequest request) {
            at = request.getSerializable() ? at : 0;
            if (request.getKey().toStringUtf8().startsWith("/registry/admissionregistration.k8s.io/")) {
                looksForPolicies++;
            }
            if (at == 0 || request.getRevision() != 0) {
                return super.range(request);
            }
            RangeResponse.Builder old =
                    super.range(request.toBuilder().setRevision(at).build()).toBuilder();
            old.getHeaderBuilder().setRevision(at);
            return old.build();
        }
    }

    private static Api server(Kv kv, int seed) {
        return new Api(
                kv,
                Kinds::builtIn,
                Addresses.standard(),
                InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z")),
                new Random(seed),
                WriteCheck.NONE,
                new Admissions(kv, Kinds::builtIn, WebhookCaller.NONE));
    }

    private static ObjectNode object(String json) {
        return Json.parse(json.replace('\'', '"'));
    }

    private static Kind kind(String apiVersion, String kind) {
        return Kinds.builtIn().byApiVersion(apiVersion, kind).orElseThrow();
    }

    private Stored create(Kind kind, String namespace, String json) {
        return other.create(kind, namespace, object(json), BY_ADMIN);
    }

    @BeforeEach
    void namespace() {
        create(Kinds.NAMESPACE, "", "{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'default'}}");
        create(
                Kinds.SERVICE_ACCOUNT,
                "default",
                "{'apiVersion':'v1','kind':'ServiceAccount','metadata':{'name':'default'}}");
    }

    private Stored map(String data) {
        return create(
                Kinds.CONFIG_MAP,
                "default",
                "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'a'},'data':" + data + "}");
    }

    private Stored patch(Api server, Ref ref, String patch) {
        return server.patch(ref, "", PatchType.MERGE, object(patch), BY_ADMIN);
    }

    private static ObjectNode pod() {
        return object(
                "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p'},'spec':{'containers':[{'name':'c','image':'i',"
                        + "'resources':{'requests':{'memory':'2Gi'},'limits':{'memory':'2Gi'}}}]}}");
    }

    private static final String LIMITS =
            "{'apiVersion':'v1','kind':'LimitRange','metadata':{'name':'l'},'spec':{'limits':["
                    + "{'type':'Container','max':{'memory':'1Gi'}}]}}";

    @Test
    void aPatchIsOfTheNewestState() {
        replica.stop(map("{'x':'1'}").revision());
        patch(other, MAP, "{'data':{'y':'2'}}");
        Stored patched = patch(lagging, MAP, "{'data':{'z':'3'}}");
        assertThat(patched.object().path("data")).isEqualTo(object("{'x':'1','y':'2','z':'3'}"));
    }

    @Test
    void aPatchThatWouldChangeNothingHereMayChangeTheNewestState() {
        replica.stop(map("{'x':'1'}").revision());
        long changed = patch(other, MAP, "{'data':{'x':'2'}}").revision();
        Stored back = patch(lagging, MAP, "{'data':{'x':'1'}}");
        assertThat(back.revision()).isGreaterThan(changed);
        assertThat(Json.string(other.get(MAP).object(), "data", "x")).contains("1");
    }

    @Test
    void whatHasJustComeCanBeChangedAndDeletedAndWhatHasGoneCannot() {
        long before = create(
                        Kinds.CONFIG_MAP,
                        "default",
                        "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'gone'}}")
                .revision();
        Ref gone = new Ref(Kinds.CONFIG_MAP, "default", "gone");
        other.delete(gone, DeleteOptions.by(ADMIN));
        map("{}");
        replica.stop(before);
        assertThat(Json.string(patch(lagging, MAP, "{'data':{'x':'1'}}").object(), "data", "x"))
                .contains("1");
        replica.stop(before);
        assertThat(lagging.delete(MAP, DeleteOptions.by(ADMIN)).gone()).isTrue();
        replica.stop(before);
        ApiException missing =
                catchThrowableOfType(ApiException.class, () -> patch(lagging, gone, "{'data':{'x':'1'}}"));
        assertThat(missing.getMessage()).isEqualTo("configmaps \"gone\" not found");
    }

    @Test
    void resourceVersionsAreComparedWithTheNewest() {
        Stored first = map("{'x':'1'}");
        replica.stop(first.revision());
        Stored second = patch(other, MAP, "{'data':{'x':'2'}}");
        ObjectNode changed = second.object().deepCopy();
        Json.child(changed, "data").put("x", "3");
        assertThat(lagging.update(MAP, "", changed, BY_ADMIN).revision()).isGreaterThan(second.revision());
        replica.stop(first.revision());
        ApiException conflict =
                catchThrowableOfType(ApiException.class, () -> lagging.update(MAP, "", first.object(), BY_ADMIN));
        assertThat(conflict.reason()).isEqualTo(Reason.CONFLICT);
    }

    @Test
    void aNamespaceThatHasJustComeTakesObjectsAndOneThatHasGoneDoesNot() {
        ObjectNode object = object("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'a'}}");
        long before = create(Kinds.NAMESPACE, "", "{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'old'}}")
                .revision();
        create(Kinds.NAMESPACE, "", "{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'new'}}");
        other.delete(new Ref(Kinds.NAMESPACE, "", "old"), DeleteOptions.by(ADMIN));
        replica.stop(before);
        assertThat(lagging.create(Kinds.CONFIG_MAP, "new", object, BY_ADMIN).revision())
                .isPositive();
        replica.stop(before);
        ApiException ending = catchThrowableOfType(
                ApiException.class, () -> lagging.create(Kinds.CONFIG_MAP, "old", object, BY_ADMIN));
        assertThat(ending.reason()).isEqualTo(Reason.FORBIDDEN);
    }

    @Test
    void aLimitThatHasJustComeIsKept() {
        replica.stop(map("{}").revision());
        create(kind("v1", "LimitRange"), "default", LIMITS);
        ApiException tooMuch =
                catchThrowableOfType(ApiException.class, () -> lagging.create(Kinds.POD, "default", pod(), BY_ADMIN));
        assertThat(tooMuch.reason()).isEqualTo(Reason.FORBIDDEN);
        assertThat(tooMuch.getMessage()).contains("maximum memory usage per Container is 1Gi");
    }

    @Test
    void aLimitThatHasGoneIsForgotten() {
        Kind limits = kind("v1", "LimitRange");
        replica.stop(create(limits, "default", LIMITS).revision());
        other.delete(new Ref(limits, "default", "l"), DeleteOptions.by(ADMIN));
        assertThat(lagging.create(Kinds.POD, "default", pod(), BY_ADMIN).revision())
                .isPositive();
    }

    private static final Kind POLICY = kind("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy");
    private static final Kind BINDING = kind("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding");

    private void policyAgainstTwo() {
        create(
                POLICY,
                "",
                "{'apiVersion':'admissionregistration.k8s.io/v1','kind':'ValidatingAdmissionPolicy','metadata':{'name':'p'},"
                        + "'spec':{'matchConstraints':{'resourceRules':[{'apiGroups':[''],'apiVersions':['v1'],"
                        + "'operations':['UPDATE'],'resources':['configmaps']}]},"
                        + "'validations':[{'expression':'size(object.data.x) < 2 && int(object.data.x) != 2','message':'no two'}]}}");
        create(
                BINDING,
                "",
                "{'apiVersion':'admissionregistration.k8s.io/v1','kind':'ValidatingAdmissionPolicyBinding',"
                        + "'metadata':{'name':'b'},'spec':{'policyName':'p','validationActions':['Deny']}}");
    }

    @Test
    void aPolicyThatHasJustComeIsAsked() {
        long before = map("{'x':'1'}").revision();
        policyAgainstTwo();
        replica.stop(before);
        ApiException denied = catchThrowableOfType(ApiException.class, () -> patch(lagging, MAP, "{'data':{'x':'2'}}"));
        assertThat(denied.getMessage()).contains("denied request: no two");
        replica.stop(before);
        long allowed = patch(lagging, MAP, "{'data':{'x':'3'}}").revision();
        other.delete(new Ref(POLICY, "", "p"), DeleteOptions.by(ADMIN));
        replica.stop(allowed);
        assertThat(patch(lagging, MAP, "{'data':{'x':'2'}}").revision()).isGreaterThan(allowed);
    }

    @Test
    void thatThereIsNoPolicyIsLookedUpOnce() {
        map("{'x':'1'}");
        for (int i = 0; i < 5; i++) {
            patch(lagging, MAP, "{'data':{'y':'" + i + "'}}");
        }
        assertThat(replica.looksForPolicies).isEqualTo(1);
    }

    @Test
    void aPolicyThatComesAfterItWasKnownThatThereIsNoneIsAskedUntilItGoes() {
        map("{'x':'1'}");
        for (int i = 0; i < 3; i++) {
            long none =
                    patch(lagging, MAP, "{'data':{'x':'3','y':'" + i + "'}}").revision();
            policyAgainstTwo();
            if (i == 1) {
                // Also one that does not know of it yet.
                replica.stop(none);
            }
            ApiException denied =
                    catchThrowableOfType(ApiException.class, () -> patch(lagging, MAP, "{'data':{'x':'2'}}"));
            assertThat(denied.getMessage()).contains("denied request: no two");
            patch(lagging, MAP, "{'data':{'x':'4'}}");
            other.delete(new Ref(POLICY, "", "p"), DeleteOptions.by(ADMIN));
            other.delete(new Ref(BINDING, "", "b"), DeleteOptions.by(ADMIN));
            patch(lagging, MAP, "{'data':{'x':'2'}}");
        }
    }

    @Test
    void aLimitThatComesAfterItWasKnownThatThereIsNoneIsKept() {
        assertThat(lagging.create(Kinds.POD, "default", pod(), BY_ADMIN).revision())
                .isPositive();
        create(kind("v1", "LimitRange"), "default", LIMITS);
        ObjectNode next = pod();
        Json.child(next, "metadata").put("name", "q");
        ApiException tooMuch =
                catchThrowableOfType(ApiException.class, () -> lagging.create(Kinds.POD, "default", next, BY_ADMIN));
        assertThat(tooMuch.getMessage()).contains("maximum memory usage per Container is 1Gi");
    }

    @Test
    void aDryRunIsOfTheNewestState() {
        replica.stop(map("{'x':'1'}").revision());
        patch(other, MAP, "{'data':{'y':'2'}}");
        Stored tried = lagging.patch(
                MAP,
                "",
                PatchType.MERGE,
                object("{'data':{'z':'3'}}"),
                new WriteOptions(ADMIN, "", true, FieldValidation.IGNORE, List.of()));
        assertThat(tried.object().path("data")).isEqualTo(object("{'x':'1','y':'2','z':'3'}"));
    }

    private static ObjectNode binding(String node) {
        return object("{'apiVersion':'v1','kind':'Binding','target':{'kind':'Node','name':'%s'}}".formatted(node));
    }

    @Test
    void aPodThatIsBoundElsewhereIsNotBoundAgain() {
        replica.stop(other.create(Kinds.POD, "default", pod(), BY_ADMIN).revision());
        other.update(POD, "binding", binding("n1"), BY_ADMIN);
        ApiException bound =
                catchThrowableOfType(ApiException.class, () -> lagging.update(POD, "binding", binding("n2"), BY_ADMIN));
        assertThat(bound.reason()).isEqualTo(Reason.CONFLICT);
    }
}
