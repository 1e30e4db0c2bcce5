package io.keelson.orchestrator.sets;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The record of a set: what it holds. */
final class SetRecord {

    private SetRecord() {}

    static String key(String namespace, String set) {
        return "/keelson/sets/" + namespace + "/" + set;
    }

    static byte[] write(Collection<Member> members) {
        ObjectNode record = Json.object();
        ArrayNode list = record.putArray("members");
        for (Member member : members) {
            Ref ref = member.ref();
            list.addObject()
                    .put("apiVersion", ref.kind().apiVersion())
                    .put("kind", ref.kind().kind())
                    .put("namespace", ref.namespace())
                    .put("name", ref.name())
                    .put("uid", member.uid());
        }
        return Json.write(record);
    }

    /** The members; those of a kind that is not served any more are left out, nobody can reach their objects. */
    static List<Member> read(Kinds kinds, byte[] stored) {
        List<Member> members = new ArrayList<>();
        for (JsonNode item : Json.items(Json.parse(stored), "members")) {
            Optional<Kind> kind = kinds.byApiVersion(
                    item.path("apiVersion").asString(""), item.path("kind").asString(""));
            kind.ifPresent(known -> members.add(new Member(
                    new Ref(
                            known,
                            item.path("namespace").asString(""),
                            item.path("name").asString("")),
                    item.path("uid").asString(""))));
        }
        return members;
    }
}
