package io.keelson.orchestrator.control;

import static io.keelson.orchestrator.control.Workloads.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.Picture;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

final class EndpointControllersTest {

    private static final Ref WEB = Picture.ref(Kinds.SERVICE, "web");

    private static Picture service(String more) {
        return Picture.empty().with("""
                {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "labels": {"team": "a"}},
                 "spec": {"selector": {"app": "web"}, %s "ports": [{"name": "http", "port": 80, "targetPort": "web"}]}}
                """.formatted(more));
    }

    private static ObjectNode pod(String name, int port, boolean ready) {
        ObjectNode pod = Workloads.pod("set", name, ready);
        Json.child(pod, "status").put("podIP", "10.244.0." + Math.floorMod(name.hashCode(), 250));
        ((ObjectNode) Json.items(pod, "spec", "containers").getFirst())
                .putArray("ports")
                .addObject()
                .put("name", "web")
                .put("containerPort", port)
                .put("protocol", "TCP");
        return pod;
    }

    private static List<Action> slices(Picture picture) {
        return new EndpointSliceController().reconcile(picture.image(), WEB, NOW);
    }

    private static List<JsonNode> endpoints(Action action) {
        return switch (action) {
            case Action.Create create -> Json.items(create.object(), "endpoints");
            case Action.Patch patch -> Json.items(patch.patch(), "endpoints");
            case Action.Update update -> List.of();
            case Action.Delete delete -> List.of();
            case Action.Bind bind -> List.of();
            case Action.LookAgain again -> List.of();
            case Action.RecordEvent event -> List.of();
            case Action.Announced announced -> endpoints(announced.write());
        };
    }

    /** The picture after what was ordered has been done. */
    private static Picture after(Picture picture, List<Action> actions) {
        for (Action action : actions) {
            if (action instanceof Action.Create create) {
                picture.with(create.object().deepCopy(), Picture.THEN);
            }
        }
        return picture;
    }

    @Test
    void readinessAndEndArePartOfAnEndpoint() {
        ObjectNode going = pod("going", 8080, true);
        Json.child(going, "metadata").put("deletionTimestamp", "2026-01-01T01:00:00Z");
        Picture picture = service("")
                .with(pod("good", 8080, true), Picture.THEN)
                .with(pod("bad", 8080, false), Picture.THEN)
                .with(going, Picture.THEN);

        Action.Create slice = (Action.Create) slices(picture).getFirst();

        assertThat(Json.strings(slice.object(), "metadata", "labels"))
                .containsEntry("kubernetes.io/service-name", "web")
                .containsEntry("team", "a");
        assertThat(slice.object().path("ports").get(0).path("port").asInt(0)).isEqualTo(8080);
        assertThat(endpoints(slice).stream()
                        .map(endpoint -> endpoint.path("targetRef").path("name").asString("") + " "
                                + endpoint.path("conditions").path("ready").asBoolean(false) + " "
                                + endpoint.path("conditions").path("serving").asBoolean(false) + " "
                                + endpoint.path("conditions")
                                        .path("terminating")
                                        .asBoolean(false)))
                .containsExactly("bad false false false", "going false true true", "good true true false");
        assertThat(endpoints(slice))
                .allMatch(endpoint -> endpoint.path("nodeName").asString("").equals("n1"));
    }

    @Test
    void nothingIsOrderedWhenTheSlicesAreRight() {
        Picture picture = service("").with(pod("good", 8080, true), Picture.THEN);

        assertThat(slices(after(picture, slices(picture)))).isEmpty();
    }

    @Test
    void podsWithOtherPortsGetASliceOfTheirOwn() {
        Picture picture = service("").with(pod("a", 8080, true), Picture.THEN).with(pod("b", 9090, true), Picture.THEN);

        assertThat(slices(picture))
                .hasSize(2)
                .allMatch(slice -> endpoints(slice).size() == 1);
    }

    @Test
    void aSliceHoldsAHundredAndAnEndpointStaysWhereItIs() {
        Picture picture = service("");
        for (int i = 0; i < 150; i++) {
            picture.with(pod("p" + i, 8080, true), Picture.THEN);
        }
        List<Action> first = slices(picture);
        assertThat(first.stream().map(slice -> endpoints(slice).size())).containsExactly(100, 50);

        after(picture, first).without(Picture.ref(Kinds.POD, "p7"));
        List<Action> second = slices(picture);
        assertThat(second).singleElement().isInstanceOf(Action.Patch.class);
    }

    @Test
    void notReadyAddressesArePublishedIfAskedFor() {
        Picture picture = service("\"publishNotReadyAddresses\": true,").with(pod("bad", 8080, false), Picture.THEN);

        assertThat(endpoints(slices(picture).getFirst())
                        .getFirst()
                        .path("conditions")
                        .path("ready")
                        .asBoolean(false))
                .isTrue();
    }

    @Test
    void slicesGoWithTheirService() {
        Picture picture = service("").with(pod("good", 8080, true), Picture.THEN);
        after(picture, slices(picture)).without(WEB);

        assertThat(slices(picture)).singleElement().isInstanceOf(Action.Delete.class);
    }

    @Test
    void endpointsTellReadyFromNotReady() {
        Picture picture =
                service("").with(pod("good", 8080, true), Picture.THEN).with(pod("bad", 8080, false), Picture.THEN);

        List<Action> actions = new EndpointsController().reconcile(picture.image(), WEB, NOW);

        Action.Create create = (Action.Create) actions.getFirst();
        JsonNode subset = create.object().path("subsets").get(0);
        assertThat(Json.items(subset, "addresses")).hasSize(1);
        assertThat(Json.items(subset, "notReadyAddresses")).hasSize(1);
        assertThat(new EndpointsController().reconcile(after(picture, actions).image(), WEB, NOW))
                .isEmpty();
    }

    @Test
    void aServiceWithoutSelectorIsSomebodyElsesBusiness() {
        Picture picture = Picture.empty().with("""
                {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"ports": [{"port": 80}]}}
                """);

        assertThat(slices(picture)).isEmpty();
        assertThat(new EndpointsController().reconcile(picture.image(), WEB, NOW))
                .isEmpty();
    }
}
