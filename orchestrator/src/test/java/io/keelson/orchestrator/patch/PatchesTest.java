package io.keelson.orchestrator.patch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class PatchesTest {

    private static JsonNode any(String json) {
        return Json.parseAny(json.replace('\'', '"').getBytes(UTF_8));
    }

    private static void merges(String target, String patch, String expected) {
        assertThat(Patches.merge(any(target), any(patch))).isEqualTo(any(expected));
    }

    private static void strategic(Kind kind, String target, String patch, String expected) {
        ObjectNode before = (ObjectNode) any(target);
        assertThat(Patches.strategic(kind, before, (ObjectNode) any(patch))).isEqualTo(any(expected));
        assertThat(before).as("the input stays").isEqualTo(any(target));
    }

    private static JsonNode patched(String target, String operations) {
        return Patches.json(any(target), (ArrayNode) any(operations));
    }

    @Test
    void mergePatchFollowsTheExamplesOfTheStandard() {
        merges("{'a':'b'}", "{'a':'c'}", "{'a':'c'}");
        merges("{'a':'b'}", "{'b':'c'}", "{'a':'b','b':'c'}");
        merges("{'a':'b','b':'c'}", "{'a':null}", "{'b':'c'}");
        merges("{'a':['b']}", "{'a':'c'}", "{'a':'c'}");
        merges("{'a':{'b':'c'}}", "{'a':{'b':'d','c':null}}", "{'a':{'b':'d'}}");
        merges("{'a':[{'b':'c'}]}", "{'a':[1]}", "{'a':[1]}");
        merges("{'a':'foo'}", "{'a':{'b':1}}", "{'a':{'b':1}}");
        merges("{'e':null}", "{'a':1}", "{'e':null,'a':1}");
        merges("{}", "{'a':{'bb':{'ccc':null}}}", "{'a':{'bb':{}}}");
        merges("{'a':1}", "[2]", "[2]");
    }

    @Test
    void jsonPatchOperations() {
        assertThat(patched(
                        "{'a':[1,3]}", "[{'op':'add','path':'/a/1','value':2},{'op':'add','path':'/a/-','value':4}]"))
                .isEqualTo(any("{'a':[1,2,3,4]}"));
        assertThat(patched(
                        "{'a':{'x/y':1,'~':2}}",
                        "[{'op':'remove','path':'/a/x~1y'},{'op':'replace','path':'/a/~0','value':3}]"))
                .isEqualTo(any("{'a':{'~':3}}"));
        assertThat(patched("{'a':[1,2]}", "[{'op':'replace','path':'/a/0','value':9}]"))
                .isEqualTo(any("{'a':[9,2]}"));
        assertThat(patched(
                        "{'a':1,'b':{}}",
                        "[{'op':'move','from':'/a','path':'/b/c'},{'op':'copy','from':'/b','path':'/d'}]"))
                .isEqualTo(any("{'b':{'c':1},'d':{'c':1}}"));
        assertThat(patched(
                        "{'a':1}", "[{'op':'test','path':'/a','value':1},{'op':'replace','path':'','value':{'b':2}}]"))
                .isEqualTo(any("{'b':2}"));
    }

    @Test
    void jsonPatchThatDoesNotFitIsRefused() {
        for (String operation : new String[] {
            "{'op':'test','path':'/a','value':2}",
            "{'op':'remove','path':'/nothing'}",
            "{'op':'replace','path':'/nothing','value':1}",
            "{'op':'add','path':'/l/7','value':1}",
            "{'op':'add','path':'/a/b','value':1}"
        }) {
            assertThatThrownBy(() -> patched("{'a':1,'l':[]}", "[" + operation + "]"))
                    .as(operation)
                    .isInstanceOfSatisfying(
                            PatchException.class,
                            e -> assertThat(e.reason()).isEqualTo(PatchException.Reason.NOT_APPLICABLE));
        }
        for (String operation :
                new String[] {"{'op':'jump','path':'/a'}", "{'op':'add','path':'/a'}", "{'path':'/a'}"}) {
            assertThatThrownBy(() -> patched("{'a':1}", "[" + operation + "]"))
                    .as(operation)
                    .isInstanceOfSatisfying(
                            PatchException.class,
                            e -> assertThat(e.reason()).isEqualTo(PatchException.Reason.MALFORMED));
        }
    }

    @Test
    void listsWithAMergeKeyMergeByIt() {
        strategic(
                Kinds.POD,
                "{'spec':{'containers':[{'name':'a','image':'1'},{'name':'b','image':'2'}]}}",
                "{'spec':{'containers':[{'name':'b','image':'3'},{'name':'c','image':'4'}]}}",
                "{'spec':{'containers':[{'name':'a','image':'1'},{'name':'b','image':'3'},{'name':'c','image':'4'}]}}");
    }

    @Test
    void listsWithoutAMergeKeyAreReplaced() {
        strategic(
                Kinds.POD,
                "{'spec':{'tolerations':[{'key':'a'}],'containers':[{'name':'a','args':['x','y']}]}}",
                "{'spec':{'tolerations':[{'key':'b'}],'containers':[{'name':'a','args':['z']}]}}",
                "{'spec':{'tolerations':[{'key':'b'}],'containers':[{'name':'a','args':['z']}]}}");
    }

    @Test
    void directivesDeleteAndReplace() {
        strategic(
                Kinds.POD,
                "{'spec':{'containers':[{'name':'a'},{'name':'b'}]}}",
                "{'spec':{'containers':[{'name':'a','$patch':'delete'}]}}",
                "{'spec':{'containers':[{'name':'b'}]}}");
        strategic(
                Kinds.POD,
                "{'spec':{'containers':[{'name':'a'},{'name':'b'}]}}",
                "{'spec':{'containers':[{'name':'c'},{'$patch':'replace'}]}}",
                "{'spec':{'containers':[{'name':'c'}]}}");
        strategic(
                Kinds.POD,
                "{'metadata':{'labels':{'a':'1'}},'spec':{'nodeName':'n'}}",
                "{'metadata':{'labels':{'b':'2','$patch':'replace'}},'spec':{'$patch':'delete'}}",
                "{'metadata':{'labels':{'b':'2'}},'spec':{}}");
        assertThatThrownBy(() ->
                        Patches.strategic(Kinds.POD, Json.object(), (ObjectNode) any("{'spec':{'$patch':'explode'}}")))
                .isInstanceOf(PatchException.class)
                .hasMessageContaining("explode");
    }

    @Test
    void primitiveListsMergeAndLoseWhatIsNamed() {
        strategic(
                Kinds.POD,
                "{'metadata':{'finalizers':['a','b','c']}}",
                "{'metadata':{'$deleteFromPrimitiveList/finalizers':['b'],'finalizers':['a','d']}}",
                "{'metadata':{'finalizers':['a','c','d']}}");
    }

    @Test
    void orderOfTheAuthorWinsAndOthersKeepTheirPlace() {
        strategic(
                Kinds.POD,
                "{'spec':{'containers':[{'name':'sidecar'},{'name':'a'},{'name':'b'}]}}",
                "{'spec':{'$setElementOrder/containers':[{'name':'b'},{'name':'a'}],'containers':[{'name':'b','image':'x'}]}}",
                "{'spec':{'containers':[{'name':'sidecar'},{'name':'b','image':'x'},{'name':'a'}]}}");
        assertThatThrownBy(() -> Patches.strategic(Kinds.POD, Json.object(), (ObjectNode)
                        any("{'spec':{'$setElementOrder/containers':[{'name':'b'}],'containers':[{'name':'c'}]}}")))
                .isInstanceOf(PatchException.class)
                .hasMessageContaining("spec.$setElementOrder/containers");
    }

    @Test
    void retainedKeysDropTheOthers() {
        strategic(
                Kinds.DEPLOYMENT,
                "{'spec':{'strategy':{'type':'RollingUpdate','rollingUpdate':{'maxSurge':1}}}}",
                "{'spec':{'strategy':{'$retainKeys':['type'],'type':'Recreate'}}}",
                "{'spec':{'strategy':{'type':'Recreate'}}}");
    }

    @Test
    void nullDeletesAndAbsentFieldsComeWithoutNulls() {
        strategic(
                Kinds.DEPLOYMENT,
                "{'spec':{'paused':true}}",
                "{'spec':{'paused':null,'template':{'metadata':{'creationTimestamp':null}}}}",
                "{'spec':{'template':{'metadata':{}}}}");
    }

    @Test
    void itemWithoutItsMergeKeyIsRefused() {
        assertThatThrownBy(() -> Patches.strategic(
                        Kinds.POD, (ObjectNode) any("{'spec':{'containers':[{'name':'a'}]}}"), (ObjectNode)
                                any("{'spec':{'containers':[{'image':'x'}]}}")))
                .isInstanceOf(PatchException.class)
                .hasMessageContaining("merge key name");
    }
}
