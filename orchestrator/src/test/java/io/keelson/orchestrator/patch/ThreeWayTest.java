package io.keelson.orchestrator.patch;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class ThreeWayTest {

    private static ObjectNode json(String json) {
        return Json.parse(json.replace('\'', '"'));
    }

    private static void applies(Kind kind, String last, String live, String wanted, String expected) {
        assertThat(ThreeWay.apply(kind, Optional.of(json(last)), json(live), json(wanted)))
                .isEqualTo(json(expected));
    }

    @Test
    void setsWhatIsWantedDeletesWhatIsNotWantedAnyMoreAndKeepsTheRest() {
        applies(
                Kinds.DEPLOYMENT,
                "{'metadata':{'labels':{'a':'1','b':'2'}},'spec':{'replicas':2,'paused':true}}",
                "{'metadata':{'labels':{'a':'1','b':'2','others':'3'}},'spec':{'replicas':5,'paused':true,'minReadySeconds':4}}",
                "{'metadata':{'labels':{'a':'9'}},'spec':{'template':{'spec':{}}}}",
                "{'metadata':{'labels':{'a':'9','others':'3'}},'spec':{'minReadySeconds':4,'template':{'spec':{}}}}");
    }

    @Test
    void listsMergeByKeyInTheOrderOfTheAuthor() {
        applies(
                Kinds.POD,
                "{'spec':{'containers':[{'name':'old'},{'name':'a','env':[{'name':'X'}]}]}}",
                "{'spec':{'containers':[{'name':'sidecar'},{'name':'old'},{'name':'a','tty':true,'env':[{'name':'X'},{'name':'Y'}]}]}}",
                "{'spec':{'containers':[{'name':'b'},{'name':'a','image':'i'}]}}",
                // As kubectl: a list which the author drops as a whole is deleted, Y of somebody else with it.
                "{'spec':{'containers':[{'name':'b'},{'name':'sidecar'},{'name':'a','image':'i','tty':true}]}}");
    }

    @Test
    void changeOfStrategyDropsWhatBelongedToTheOldOne() {
        String rolling = "{'spec':{'strategy':{'type':'RollingUpdate','rollingUpdate':{'maxSurge':'25%'}}}}";
        applies(
                Kinds.DEPLOYMENT,
                "{'spec':{}}",
                rolling,
                "{'spec':{'strategy':{'type':'Recreate'}}}",
                "{'spec':{'strategy':{'type':'Recreate'}}}");
        applies(Kinds.DEPLOYMENT, "{'spec':{}}", rolling, "{'spec':{'strategy':{'type':'RollingUpdate'}}}", rolling);
    }

    @Test
    void primitiveListsMerge() {
        applies(
                Kinds.POD,
                "{'metadata':{'finalizers':['mine','old']}}",
                "{'metadata':{'finalizers':['theirs','mine','old']}}",
                "{'metadata':{'finalizers':['mine','new']}}",
                "{'metadata':{'finalizers':['theirs','mine','new']}}");
    }

    @Test
    void annotationRemembersWhatWasApplied() {
        ObjectNode wanted = json("{'metadata':{'name':'n'},'spec':{'replicas':1}}");
        ObjectNode noted = ThreeWay.withLastApplied(wanted);
        assertThat(ThreeWay.withLastApplied(noted)).isEqualTo(noted);
        assertThat(ThreeWay.lastApplied(noted))
                .contains(json("{'metadata':{'annotations':{},'name':'n'},'spec':{'replicas':1}}"));
        assertThat(ThreeWay.lastApplied(wanted)).isEmpty();
    }

    /**
     * For random objects: applying the same twice changes nothing more; what is wanted is there; fields of others stay; and
     * fields that are given up go. Every failure prints the seed.
     */
    @Test
    void laws() {
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            ObjectNode first = pod(random, "mine");
            ObjectNode second = pod(random, "mine");
            ObjectNode others = pod(random, "theirs");
            ObjectNode created = ThreeWay.apply(Kinds.POD, Optional.empty(), others, ThreeWay.withLastApplied(first));
            ObjectNode updated = apply(created, second);
            String why = "seed " + seed + ": " + others + " then " + first + " then " + second + " gives " + updated;
            assertThat(apply(updated, second)).as(why).isEqualTo(updated);
            assertThat(Json.strings(updated, "metadata", "labels"))
                    .as(why)
                    .containsAllEntriesOf(Json.strings(second, "metadata", "labels"))
                    .containsAllEntriesOf(Json.strings(others, "metadata", "labels"))
                    .hasSize(second.at("/metadata/labels").size()
                            + others.at("/metadata/labels").size());
            assertThat(names(updated))
                    .as(why)
                    .containsExactlyInAnyOrderElementsOf(Stream.of(names(second), names(others))
                            .flatMap(List::stream)
                            .toList())
                    .filteredOn(name -> name.startsWith("mine"))
                    .containsExactlyElementsOf(names(second));
        }
    }

    private static ObjectNode apply(ObjectNode live, ObjectNode wanted) {
        return ThreeWay.apply(Kinds.POD, ThreeWay.lastApplied(live), live, ThreeWay.withLastApplied(wanted));
    }

    private static List<String> names(ObjectNode pod) {
        return Json.items(pod, "spec", "containers").stream()
                .map(container -> container.path("name").asString())
                .toList();
    }

    private static ObjectNode pod(Random random, String prefix) {
        ObjectNode pod = Json.object();
        ObjectNode labels = Json.child(Json.child(pod, "metadata"), "labels");
        ArrayNode containers = Json.child(pod, "spec").putArray("containers");
        random.ints(random.nextInt(4), 0, 6).distinct().forEach(i -> labels.put(prefix + i, "v" + random.nextInt(3)));
        random.ints(random.nextInt(4), 0, 6)
                .distinct()
                .forEach(i -> containers.addObject().put("name", prefix + i).put("image", "i" + random.nextInt(3)));
        return pod;
    }
}
