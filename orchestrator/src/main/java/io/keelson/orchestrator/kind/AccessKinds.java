package io.keelson.orchestrator.kind;

import java.util.List;

/** The rows of the groups about who may do what: authentication, authorization, rbac and certificates. */
final class AccessKinds {

    /** Names of roles may have colons. */
    private static final Strategy RBAC_NAMES = Strategy.PLAIN.withNames(Names::pathSegmentProblems);

    static final Kind SELF_SUBJECT_REVIEW =
            review("authentication.k8s.io", "SelfSubjectReview").build();
    static final Kind TOKEN_REVIEW =
            review("authentication.k8s.io", "TokenReview").build();
    static final Kind LOCAL_SUBJECT_ACCESS_REVIEW = Kind.named(
                    "authorization.k8s.io", "v1", "LocalSubjectAccessReview", "localsubjectaccessreviews")
            .verbs("create")
            .build();
    static final Kind SELF_SUBJECT_ACCESS_REVIEW =
            review("authorization.k8s.io", "SelfSubjectAccessReview").build();
    static final Kind SELF_SUBJECT_RULES_REVIEW =
            review("authorization.k8s.io", "SelfSubjectRulesReview").build();
    static final Kind SUBJECT_ACCESS_REVIEW =
            review("authorization.k8s.io", "SubjectAccessReview").build();

    static final Kind CLUSTER_ROLE_BINDING = rbac("ClusterRoleBinding", "clusterrolebindings")
            .clusterScoped()
            .strategy(RBAC_NAMES
                    .withDefaults(ExtensionDefaults::roleBinding)
                    .withCheck(RoleValidation::clusterRoleBinding)
                    .withPrinter(AccessPrinters.BINDING))
            .build();
    static final Kind CLUSTER_ROLE = rbac("ClusterRole", "clusterroles")
            .clusterScoped()
            .strategy(RBAC_NAMES
                    .withCheck((_, role, causes) -> RoleValidation.clusterRole(role, causes))
                    .withPrinter(AccessPrinters.ROLE))
            .build();
    static final Kind ROLE_BINDING = rbac("RoleBinding", "rolebindings")
            .strategy(RBAC_NAMES
                    .withDefaults(ExtensionDefaults::roleBinding)
                    .withCheck(RoleValidation::roleBinding)
                    .withPrinter(AccessPrinters.BINDING))
            .build();
    static final Kind ROLE = rbac("Role", "roles")
            .strategy(RBAC_NAMES
                    .withCheck((_, role, causes) -> RoleValidation.role(role, causes))
                    .withPrinter(AccessPrinters.ROLE))
            .build();

    static final Kind CERTIFICATE_SIGNING_REQUEST = Kind.named(
                    "certificates.k8s.io", "v1", "CertificateSigningRequest", "certificatesigningrequests")
            .clusterScoped()
            .shortNames("csr")
            .subresources("approval", "status")
            .strategy(Strategy.PLAIN
                    .withDefaults(object -> Defaults.absentObject(object, "status"))
                    .withCheck((_, request, causes) -> FlowValidation.certificateRequest(request, causes))
                    .withPrinter(AccessPrinters.CERTIFICATE_REQUEST)
                    .withFields("spec.signerName"))
            .build();

    static final List<Kind> AUTHENTICATION = List.of(SELF_SUBJECT_REVIEW, TOKEN_REVIEW);
    static final List<Kind> AUTHORIZATION = List.of(
            LOCAL_SUBJECT_ACCESS_REVIEW, SELF_SUBJECT_ACCESS_REVIEW, SELF_SUBJECT_RULES_REVIEW, SUBJECT_ACCESS_REVIEW);
    static final List<Kind> RBAC = List.of(CLUSTER_ROLE_BINDING, CLUSTER_ROLE, ROLE_BINDING, ROLE);

    private AccessKinds() {}

    /** A question that is asked by creating it. */
    private static KindBuilder review(String group, String kind) {
        return Kind.named(group, "v1", kind, kind.toLowerCase(java.util.Locale.ROOT) + "s")
                .clusterScoped()
                .verbs("create");
    }

    private static KindBuilder rbac(String kind, String resource) {
        return Kind.named("rbac.authorization.k8s.io", "v1", kind, resource);
    }
}
