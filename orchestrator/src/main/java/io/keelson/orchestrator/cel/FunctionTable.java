package io.keelson.orchestrator.cel;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Functions of a library as they are put together: their types for the compiler, what they do for the evaluation. */
final class FunctionTable {

    /** What a function does. */
    @FunctionalInterface
    interface Body {
        Object apply(Object[] arguments) throws CelEvaluationException;
    }

    private final Map<String, List<CelOverloadDecl>> overloads = new LinkedHashMap<>();
    private final List<CelFunctionBinding> bindings = new ArrayList<>();

    /** {@code name(a, b)}. */
    FunctionTable global(String name, CelType result, List<CelType> parameters, Body body) {
        String id = id(name, parameters);
        return add(name, CelOverloadDecl.newGlobalOverload(id, result, parameters), id, parameters, body);
    }

    /** {@code a.name(b)}. */
    FunctionTable member(String name, CelType result, List<CelType> parameters, Body body) {
        String id = "member_" + id(name, parameters);
        return add(name, CelOverloadDecl.newMemberOverload(id, result, parameters), id, parameters, body);
    }

    /** Bodies are functions of their arguments alone, which the type cannot say. */
    @SuppressWarnings("Immutable")
    private FunctionTable add(String name, CelOverloadDecl overload, String id, List<CelType> parameters, Body body) {
        overloads.computeIfAbsent(name, _ -> new ArrayList<>()).add(overload);
        List<Class<?>> classes = new ArrayList<>();
        parameters.forEach(type -> classes.add(javaClass(type)));
        bindings.add(CelFunctionBinding.from(id, classes, body::apply));
        return this;
    }

    private static String id(String name, List<CelType> parameters) {
        StringBuilder id = new StringBuilder("kubernetes_" + name.replace('.', '_'));
        for (CelType type : parameters) {
            id.append('_').append(type.name().replace('.', '_'));
            if (type instanceof ListType list && list.hasElemType()) {
                id.append('_').append(list.elemType().name().replace('.', '_'));
            }
        }
        return id.toString();
    }

    private static Class<?> javaClass(CelType type) {
        if (type.equals(SimpleType.STRING)) {
            return String.class;
        }
        if (type.equals(SimpleType.INT)) {
            return Long.class;
        }
        if (type.equals(SimpleType.BOOL)) {
            return Boolean.class;
        }
        if (type.kind() == CelKind.LIST) {
            return Collection.class;
        }
        if (type.equals(QuantityFunctions.QUANTITY)) {
            return QuantityFunctions.Amount.class;
        }
        if (type.equals(IpFunctions.IP)) {
            return IpAddress.class;
        }
        if (type.equals(IpFunctions.CIDR)) {
            return IpRange.class;
        }
        if (type.equals(SemverFunctions.SEMVER)) {
            return SemverFunctions.Semver.class;
        }
        if (type.equals(UrlFunctions.URL)) {
            return java.net.URI.class;
        }
        if (type.equals(FormatFunctions.FORMAT)) {
            return FormatFunctions.Format.class;
        }
        return authorizerClass(type);
    }

    private static Class<?> authorizerClass(CelType type) {
        if (type.equals(AuthorizerFunctions.AUTHORIZER)) {
            return AuthorizerFunctions.Asking.class;
        }
        if (type.equals(AuthorizerFunctions.PATH_CHECK)) {
            return AuthorizerFunctions.PathCheck.class;
        }
        if (type.equals(AuthorizerFunctions.GROUP_CHECK)) {
            return AuthorizerFunctions.GroupCheck.class;
        }
        if (type.equals(AuthorizerFunctions.RESOURCE_CHECK)) {
            return AuthorizerFunctions.ResourceCheck.class;
        }
        if (type.equals(AuthorizerFunctions.DECISION)) {
            return Authorizer.Answer.class;
        }
        return Object.class;
    }

    List<CelFunctionDecl> declarations() {
        List<CelFunctionDecl> declarations = new ArrayList<>();
        overloads.forEach((name, all) -> declarations.add(CelFunctionDecl.newFunctionDeclaration(name, all)));
        return declarations;
    }

    List<CelFunctionBinding> bindings() {
        return bindings;
    }

    static CelEvaluationException failure(String message) {
        return new CelEvaluationException(message);
    }
}
