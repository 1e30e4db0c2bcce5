package io.keelson.orchestrator.cel;

import dev.cel.common.types.SimpleType;
import java.util.List;

/** What Kubernetes offers to who makes JSON patches. */
final class PatchFunctions {

    private PatchFunctions() {}

    static FunctionTable table() {
        return new FunctionTable()
                .global(
                        "jsonpatch.escapeKey",
                        SimpleType.STRING,
                        List.of(SimpleType.STRING),
                        a -> ((String) a[0]).replace("~", "~0").replace("/", "~1"));
    }
}
