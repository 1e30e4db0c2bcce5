package io.keelson.orchestrator.kind;

import java.util.List;

/** The rows of the groups that change the API itself: admissionregistration, apiextensions and flowcontrol; and of metrics. */
final class ExtensionKinds {

    static final Kind MUTATING_ADMISSION_POLICY =
            admission("MutatingAdmissionPolicy", "mutatingadmissionpolicies").build();
    static final Kind MUTATING_ADMISSION_POLICY_BINDING = admission(
                    "MutatingAdmissionPolicyBinding", "mutatingadmissionpolicybindings")
            .build();
    static final Kind MUTATING_WEBHOOK_CONFIGURATION = admission(
                    "MutatingWebhookConfiguration", "mutatingwebhookconfigurations")
            .categories("api-extensions")
            .build();
    static final Kind VALIDATING_ADMISSION_POLICY = admission(
                    "ValidatingAdmissionPolicy", "validatingadmissionpolicies")
            .categories("api-extensions")
            .subresources("status")
            .build();
    static final Kind VALIDATING_ADMISSION_POLICY_BINDING = admission(
                    "ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings")
            .build();
    static final Kind VALIDATING_WEBHOOK_CONFIGURATION = admission(
                    "ValidatingWebhookConfiguration", "validatingwebhookconfigurations")
            .categories("api-extensions")
            .build();

    static final Kind CUSTOM_RESOURCE_DEFINITION = Kind.named(
                    "apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions")
            .clusterScoped()
            .shortNames("crd", "crds")
            .categories("api-extensions")
            .subresources("status")
            .strategy(Strategy.PLAIN.withGeneration())
            .build();

    static final Kind FLOW_SCHEMA = Kind.named("flowcontrol.apiserver.k8s.io", "v1", "FlowSchema", "flowschemas")
            .clusterScoped()
            .subresources("status")
            .strategy(Strategy.PLAIN.withGeneration())
            .build();

    static final Kind PRIORITY_LEVEL_CONFIGURATION = Kind.named(
                    "flowcontrol.apiserver.k8s.io", "v1", "PriorityLevelConfiguration", "prioritylevelconfigurations")
            .clusterScoped()
            .subresources("status")
            .strategy(Strategy.PLAIN.withGeneration())
            .build();

    static final List<Kind> ADMISSION = List.of(
            MUTATING_ADMISSION_POLICY,
            MUTATING_ADMISSION_POLICY_BINDING,
            MUTATING_WEBHOOK_CONFIGURATION,
            VALIDATING_ADMISSION_POLICY,
            VALIDATING_ADMISSION_POLICY_BINDING,
            VALIDATING_WEBHOOK_CONFIGURATION);
    static final List<Kind> FLOW_CONTROL = List.of(FLOW_SCHEMA, PRIORITY_LEVEL_CONFIGURATION);

    private ExtensionKinds() {}

    private static KindBuilder admission(String kind, String resource) {
        return Kind.named("admissionregistration.k8s.io", "v1", kind, resource)
                .clusterScoped()
                .strategy(Strategy.PLAIN.withGeneration());
    }
}
