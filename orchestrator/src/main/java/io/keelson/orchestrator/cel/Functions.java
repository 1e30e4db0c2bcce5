package io.keelson.orchestrator.cel;

import dev.cel.common.CelFunctionDecl;
import dev.cel.runtime.CelFunctionBinding;
import java.util.List;

/**
 * A library of functions.
 *
 * @param declarations for the compiler
 * @param bindings for the evaluation
 */
record Functions(List<CelFunctionDecl> declarations, List<CelFunctionBinding> bindings) {

    private static final List<Functions> ALL = List.of(
            of(TextFunctions.table()),
            of(ListFunctions.table()),
            of(QuantityFunctions.table()),
            of(UrlFunctions.table()),
            of(IpFunctions.table()),
            of(FormatFunctions.table()),
            of(SemverFunctions.table()),
            of(PatchFunctions.table()),
            of(AuthorizerFunctions.table()));

    private static Functions of(FunctionTable table) {
        return new Functions(table.declarations(), table.bindings());
    }

    /** All that Kubernetes offers beyond the language itself. */
    static List<Functions> all() {
        return ALL;
    }
}
