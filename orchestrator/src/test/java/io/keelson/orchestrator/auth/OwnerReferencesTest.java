package io.keelson.orchestrator.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Who may say whose an object is. */
class OwnerReferencesTest {

    private static final Ref POD = new Ref(Kinds.POD, "ns", "p");
    private static final String DELETE = "delete pods ns/p";
    private static final String FINALIZE = "update deployments/finalizers ns/d";

    private static ObjectNode pod(String owners) {
        return Json.parse("{\"metadata\": {\"name\": \"p\", \"ownerReferences\": [" + owners + "]}}");
    }

    private static String owner(String kind, String name, boolean blocks) {
        return """
                {"apiVersion": "apps/v1", "kind": "%s", "name": "%s", "uid": "u-%s", "blockOwnerDeletion": %b}""".formatted(kind, name, name, blocks);
    }

    private static Optional<String> refusal(
            String subresource, Optional<ObjectNode> live, ObjectNode object, String... allowed) {
        return OwnerReferences.refusal(
                POD,
                subresource,
                live,
                object,
                access -> access instanceof Access.ToObjects to
                        && Set.of(allowed)
                                .contains(to.verb() + " " + to.resource() + " " + to.namespace() + "/" + to.name()),
                (version, kind) -> Kinds.builtIn().byApiVersion(version, kind));
    }

    @Test
    void whoDoesNotTouchOwnersNeedsNothing() {
        ObjectNode owned = pod(owner("Deployment", "d", true));
        assertThat(refusal("", Optional.of(owned), owned)).isEmpty();
        assertThat(refusal("", Optional.empty(), pod(""))).isEmpty();
        assertThat(refusal("status", Optional.of(pod("")), owned)).isEmpty();
    }

    @Test
    void whoChangesOwnersMustBeAbleToDeleteTheObject() {
        ObjectNode owned = pod(owner("Deployment", "d", false));
        String why = "cannot set an ownerRef on a resource you can't delete: , <nil>";
        assertThat(refusal("", Optional.empty(), owned)).contains(why);
        assertThat(refusal("", Optional.of(owned), pod(""))).contains(why);
        assertThat(refusal("", Optional.empty(), owned, DELETE)).isEmpty();
    }

    @Test
    void whoBlocksTheDeletionOfAnOwnerMustBeAbleToFinalizeIt() {
        ObjectNode blocking = pod(owner("Deployment", "d", true));
        assertThat(refusal("", Optional.empty(), blocking, DELETE))
                .contains(
                        "cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers"
                                + " on: , <nil>");
        assertThat(refusal("", Optional.empty(), blocking, DELETE, FINALIZE)).isEmpty();
        // What blocks already is nothing new.
        assertThat(refusal(
                        "",
                        Optional.of(blocking),
                        pod(owner("Deployment", "d", true) + "," + owner("X", "x", false)),
                        DELETE))
                .isEmpty();
        assertThat(refusal("", Optional.empty(), pod(owner("Nothing", "n", true)), DELETE))
                .contains(
                        "cannot set blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion apps/v1"
                                + " Kind Nothing: no matches for kind \"Nothing\" in version \"apps/v1\"");
    }
}
