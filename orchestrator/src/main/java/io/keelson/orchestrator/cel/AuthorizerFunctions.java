package io.keelson.orchestrator.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelEvaluationException;
import io.keelson.orchestrator.kind.Names;
import java.util.List;
import java.util.Optional;

/** Questions about who may do what, step by step: {@code authorizer.group('').resource('pods').check('get').allowed()}. */
final class AuthorizerFunctions {

    static final CelType AUTHORIZER = OpaqueType.create("kubernetes.authorization.Authorizer");
    static final CelType PATH_CHECK = OpaqueType.create("kubernetes.authorization.PathCheck");
    static final CelType GROUP_CHECK = OpaqueType.create("kubernetes.authorization.GroupCheck");
    static final CelType RESOURCE_CHECK = OpaqueType.create("kubernetes.authorization.ResourceCheck");
    static final CelType DECISION = OpaqueType.create("kubernetes.authorization.Decision");

    private AuthorizerFunctions() {}

    /** Somebody about whom can be asked. */
    record Asking(Authorizer authorizer, Optional<Authorizer.Account> who) {

        Authorizer.Answer about(Authorizer.Target target, String verb) {
            return authorizer.ask(who, target, verb);
        }
    }

    /** A question about a path, without its verb. */
    record PathCheck(Asking asking, String path) {}

    /** A question about objects of a group. */
    record GroupCheck(Asking asking, String group) {}

    /** A question about objects, without its verb. */
    record ResourceCheck(Asking asking, Authorizer.Target.Resource resource) {

        ResourceCheck with(String subresource, String namespace, String name, String fieldSelector) {
            return new ResourceCheck(
                    asking,
                    new Authorizer.Target.Resource(
                            resource.group(), resource.resource(), subresource, namespace, name, fieldSelector));
        }

        ResourceCheck below(String subresource) {
            return with(subresource, resource.namespace(), resource.name(), resource.fieldSelector());
        }

        ResourceCheck in(String namespace) {
            return with(resource.subresource(), namespace, resource.name(), resource.fieldSelector());
        }

        ResourceCheck named(String name) {
            return with(resource.subresource(), resource.namespace(), name, resource.fieldSelector());
        }

        ResourceCheck where(String fieldSelector) {
            return with(resource.subresource(), resource.namespace(), resource.name(), fieldSelector);
        }
    }

    static FunctionTable table() {
        CelType text = SimpleType.STRING;
        return new FunctionTable()
                .member(
                        "path",
                        PATH_CHECK,
                        List.of(AUTHORIZER, text),
                        a -> new PathCheck((Asking) a[0], present("path", a[1])))
                .member(
                        "group",
                        GROUP_CHECK,
                        List.of(AUTHORIZER, text),
                        a -> new GroupCheck((Asking) a[0], (String) a[1]))
                .member(
                        "serviceAccount",
                        AUTHORIZER,
                        List.of(AUTHORIZER, text, text),
                        a -> new Asking(
                                ((Asking) a[0]).authorizer(), Optional.of(account((String) a[1], (String) a[2]))))
                .member("resource", RESOURCE_CHECK, List.of(GROUP_CHECK, text), a -> {
                    GroupCheck group = (GroupCheck) a[0];
                    String resource = present("resource", a[1]);
                    return new ResourceCheck(
                            group.asking(), new Authorizer.Target.Resource(group.group(), resource, "", "", "", ""));
                })
                .member(
                        "subresource",
                        RESOURCE_CHECK,
                        List.of(RESOURCE_CHECK, text),
                        a -> of(a[0]).below((String) a[1]))
                .member("namespace", RESOURCE_CHECK, List.of(RESOURCE_CHECK, text), a -> of(a[0]).in((String) a[1]))
                .member("name", RESOURCE_CHECK, List.of(RESOURCE_CHECK, text), a -> of(a[0]).named((String) a[1]))
                .member(
                        "fieldSelector",
                        RESOURCE_CHECK,
                        List.of(RESOURCE_CHECK, text),
                        a -> of(a[0]).where((String) a[1]))
                // As in Kubernetes: it is told to whoever decides, and neither roles nor the rules of nodes look at
                // labels, so that who is restricted
                // by them may what anybody may.
                .member("labelSelector", RESOURCE_CHECK, List.of(RESOURCE_CHECK, text), a -> a[0])
                .member("check", DECISION, List.of(RESOURCE_CHECK, text), a -> {
                    ResourceCheck check = of(a[0]);
                    return check.asking().about(check.resource(), (String) a[1]);
                })
                .member("check", DECISION, List.of(PATH_CHECK, text), a -> {
                    PathCheck check = (PathCheck) a[0];
                    return check.asking().about(new Authorizer.Target.Path(check.path()), (String) a[1]);
                })
                .member(
                        "allowed",
                        SimpleType.BOOL,
                        List.of(DECISION),
                        a -> answer(a[0]).allowed())
                .member("reason", text, List.of(DECISION), a -> answer(a[0]).reason())
                .member(
                        "errored",
                        SimpleType.BOOL,
                        List.of(DECISION),
                        a -> !answer(a[0]).error().isEmpty())
                .member("error", text, List.of(DECISION), a -> answer(a[0]).error());
    }

    private static ResourceCheck of(Object value) {
        return (ResourceCheck) value;
    }

    private static Authorizer.Answer answer(Object value) {
        return (Authorizer.Answer) value;
    }

    private static String present(String what, Object value) throws CelEvaluationException {
        String text = (String) value;
        if (text.isBlank()) {
            throw FunctionTable.failure(what + " must not be empty");
        }
        return text;
    }

    private static Authorizer.Account account(String namespace, String name) throws CelEvaluationException {
        if (!Names.dns1123SubdomainProblems(name).isEmpty()) {
            throw FunctionTable.failure("Invalid service account name");
        }
        if (!Names.dns1123LabelProblems(namespace).isEmpty()) {
            throw FunctionTable.failure("Invalid service account namespace");
        }
        return new Authorizer.Account(namespace, name);
    }

    /** Whether a value is a question that only wants its verb. */
    static boolean isCheck(Object value) {
        return value instanceof PathCheck || value instanceof ResourceCheck;
    }
}
