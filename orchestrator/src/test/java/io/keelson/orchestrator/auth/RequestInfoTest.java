package io.keelson.orchestrator.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a path wants. */
class RequestInfoTest {

    private static Access of(String method, String path, boolean watch, String fields) {
        return RequestInfo.of(method, path, List.of(path.substring(1).split("/", -1)), watch, fields)
                .access();
    }

    private static Access of(String method, String path) {
        return of(method, path, false, "");
    }

    private static Access.ToObjects objects(String verb, String group, String resource, String namespace, String name) {
        return new Access.ToObjects(verb, group, resource, namespace, name);
    }

    @Test
    void objectsAreReadFromTheirPaths() {
        assertThat(of("GET", "/api/v1/pods")).isEqualTo(objects("list", "", "pods", "", ""));
        assertThat(of("GET", "/api/v1/namespaces/x/pods", true, "")).isEqualTo(objects("watch", "", "pods", "x", ""));
        assertThat(of("GET", "/api/v1/namespaces/x/pods/p")).isEqualTo(objects("get", "", "pods", "x", "p"));
        assertThat(of("GET", "/api/v1/namespaces/x/pods/p/log")).isEqualTo(objects("get", "", "pods/log", "x", "p"));
        assertThat(of("POST", "/apis/apps/v1/namespaces/x/deployments"))
                .isEqualTo(objects("create", "apps", "deployments", "x", ""));
        assertThat(of("PATCH", "/apis/apps/v1/namespaces/x/deployments/d/scale"))
                .isEqualTo(objects("patch", "apps", "deployments/scale", "x", "d"));
        assertThat(of("DELETE", "/api/v1/nodes/n")).isEqualTo(objects("delete", "", "nodes", "", "n"));
        assertThat(of("DELETE", "/api/v1/namespaces/x/pods"))
                .isEqualTo(objects("deletecollection", "", "pods", "x", ""));
    }

    @Test
    void whatIsPassedOnHasTheVerbOfItsMethodWhateverItsQuerySays() {
        String path = "/api/v1/namespaces/x/pods/https:p:8443/proxy/api/v1/items";
        assertThat(of("GET", path, true, "")).isEqualTo(objects("get", "", "pods/proxy", "x", "https:p:8443"));
        assertThat(of("HEAD", path)).isEqualTo(objects("get", "", "pods/proxy", "x", "https:p:8443"));
        assertThat(of("POST", path)).isEqualTo(objects("create", "", "pods/proxy", "x", "https:p:8443"));
        assertThat(of("PUT", path)).isEqualTo(objects("update", "", "pods/proxy", "x", "https:p:8443"));
        assertThat(of("DELETE", "/api/v1/nodes/n/proxy/pods")).isEqualTo(objects("delete", "", "nodes/proxy", "", "n"));
    }

    @Test
    void aSelectorThatCannotBeReadRestrictsNothing() {
        assertThat(RequestInfo.node("list", "spec.nodeName=n1,status.phase!=Failed"))
                .isEqualTo("n1");
        assertThat(RequestInfo.node("list", "a\\,b=c,spec.nodeName==n1")).isEqualTo("n1");
        for (String odd :
                List.of("spec.nodeName=n1,foo", "spec.nodeName=n1=n2", "spec.nodeName!=n1", "foo=spec.nodeName")) {
            assertThat(RequestInfo.node("list", odd)).as(odd).isEmpty();
        }
        assertThat(RequestInfo.node("get", "spec.nodeName=n1")).isEmpty();
    }

    @Test
    void theOlderWayToAskForAWatchIsOne() {
        assertThat(of("GET", "/api/v1/watch/pods")).isEqualTo(objects("watch", "", "pods", "", ""));
        assertThat(of("GET", "/api/v1/watch/namespaces/x/pods/p")).isEqualTo(objects("watch", "", "pods", "x", "p"));
        assertThat(of("POST", "/apis/apps/v1/watch/namespaces/x/deployments"))
                .isEqualTo(objects("watch", "apps", "deployments", "x", ""));
        assertThat(of("GET", "/api/v1/watch/namespaces/x")).isEqualTo(objects("watch", "", "namespaces", "x", "x"));
    }

    @Test
    void oneObjectIsReadWhateverTheQuerySays() {
        assertThat(of("GET", "/api/v1/namespaces/x/secrets/s", true, ""))
                .isEqualTo(objects("get", "", "secrets", "x", "s"));
        assertThat(of("GET", "/api/v1/namespaces/x/pods/p/log", true, ""))
                .isEqualTo(objects("get", "", "pods/log", "x", "p"));
    }

    @Test
    void aNamespaceIsInItself() {
        assertThat(of("GET", "/api/v1/namespaces")).isEqualTo(objects("list", "", "namespaces", "", ""));
        assertThat(of("GET", "/api/v1/namespaces/x")).isEqualTo(objects("get", "", "namespaces", "x", "x"));
        assertThat(of("PUT", "/api/v1/namespaces/x/finalize"))
                .isEqualTo(objects("update", "", "namespaces/finalize", "x", "x"));
    }

    @Test
    void otherPathsAreOnlyPaths() {
        assertThat(of("GET", "/api")).isEqualTo(new Access.ToPath("get", "/api"));
        assertThat(of("GET", "/api/v1")).isEqualTo(new Access.ToPath("get", "/api/v1"));
        assertThat(of("GET", "/apis/apps/v1")).isEqualTo(new Access.ToPath("get", "/apis/apps/v1"));
        assertThat(of("POST", "/metrics")).isEqualTo(new Access.ToPath("post", "/metrics"));
    }

    @Test
    void aSelectorNamesTheObjectOrTheNode() {
        assertThat(of("GET", "/api/v1/namespaces/x/secrets", true, "metadata.name=s"))
                .isEqualTo(objects("watch", "", "secrets", "x", "s"));
        assertThat(of("GET", "/api/v1/pods", false, "status.phase!=Failed,spec.nodeName==n1"))
                .isEqualTo(new Access.ToObjects("list", "", "pods", "", "", "n1"));
        assertThat(of("GET", "/api/v1/pods", false, "spec.nodeName!=n1"))
                .isEqualTo(objects("list", "", "pods", "", ""));
    }

    @Test
    void aCommaInAValueIsNoCondition() {
        assertThat(of("GET", "/api/v1/pods", false, "metadata.name!=\\,spec.nodeName=n1"))
                .isEqualTo(objects("list", "", "pods", "", ""));
    }
}
