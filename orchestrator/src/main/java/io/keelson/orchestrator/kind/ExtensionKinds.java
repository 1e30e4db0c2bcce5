package io.keelson.orchestrator.kind;

import java.util.List;

/** The rows of the groups that change the API itself: admissionregistration, apiextensions and flowcontrol; and of metrics. */
final class ExtensionKinds {

    static final Kind MUTATING_ADMISSION_POLICY = admission("MutatingAdmissionPolicy", "mutatingadmissionpolicies")
            .strategy(Strategy.PLAIN
                    .withGuard()
                    .withGeneration()
                    .withDefaults(ExtensionDefaults::policy)
                    .withCheck((_, policy, causes) -> AdmissionValidation.mutatingPolicy(policy, causes))
                    .withPrinter(ExtensionPrinters.MUTATING_POLICY))
            .build();
    static final Kind MUTATING_ADMISSION_POLICY_BINDING = admission(
                    "MutatingAdmissionPolicyBinding", "mutatingadmissionpolicybindings")
            .strategy(Strategy.PLAIN
                    .withGuard()
                    .withGeneration()
                    .withDefaults(ExtensionDefaults::policyBinding)
                    .withCheck((_, binding, causes) -> AdmissionValidation.binding(binding, causes))
                    .withPrinter(ExtensionPrinters.POLICY_BINDING))
            .build();
    static final Kind MUTATING_WEBHOOK_CONFIGURATION = admission(
                    "MutatingWebhookConfiguration", "mutatingwebhookconfigurations")
            .categories("api-extensions")
            .strategy(Strategy.PLAIN
                    .withGuard()
                    .withGeneration()
                    .withDefaults(ExtensionDefaults::mutatingWebhooks)
                    .withCheck((_, configuration, causes) -> AdmissionValidation.webhooks(configuration, causes))
                    .withPrinter(ExtensionPrinters.WEBHOOKS))
            .build();
    static final Kind VALIDATING_ADMISSION_POLICY = admission(
                    "ValidatingAdmissionPolicy", "validatingadmissionpolicies")
            .categories("api-extensions")
            .subresources("status")
            .strategy(Strategy.PLAIN
                    .withGuard()
                    .withGeneration()
                    .withDefaults(ExtensionDefaults::validatingPolicy)
                    .withCheck((_, policy, causes) -> AdmissionValidation.validatingPolicy(policy, causes))
                    .withPrinter(ExtensionPrinters.VALIDATING_POLICY))
            .build();
    static final Kind VALIDATING_ADMISSION_POLICY_BINDING = admission(
                    "ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings")
            .strategy(Strategy.PLAIN
                    .withGuard()
                    .withGeneration()
                    .withDefaults(ExtensionDefaults::policyBinding)
                    .withCheck((_, binding, causes) -> AdmissionValidation.validatingBinding(binding, causes))
                    .withPrinter(ExtensionPrinters.POLICY_BINDING))
            .build();
    static final Kind VALIDATING_WEBHOOK_CONFIGURATION = admission(
                    "ValidatingWebhookConfiguration", "validatingwebhookconfigurations")
            .categories("api-extensions")
            .strategy(Strategy.PLAIN
                    .withGuard()
                    .withGeneration()
                    .withDefaults(ExtensionDefaults::validatingWebhooks)
                    .withCheck((_, configuration, causes) -> AdmissionValidation.webhooks(configuration, causes))
                    .withPrinter(ExtensionPrinters.WEBHOOKS))
            .build();

    static final Kind CUSTOM_RESOURCE_DEFINITION = Kind.named(
                    "apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions")
            .clusterScoped()
            .shortNames("crd", "crds")
            .categories("api-extensions")
            .subresources("status")
            .strategy(Strategy.PLAIN.withGuard().withGeneration())
            .build();

    static final Kind FLOW_SCHEMA = Kind.named("flowcontrol.apiserver.k8s.io", "v1", "FlowSchema", "flowschemas")
            .clusterScoped()
            .subresources("status")
            .strategy(Strategy.PLAIN
                    .withGeneration()
                    .withDefaults(ExtensionDefaults::flowSchema)
                    .withCheck((_, schema, causes) -> FlowValidation.flowSchema(schema, causes))
                    .withPrinter(ExtensionPrinters.FLOW_SCHEMA))
            .build();

    static final Kind PRIORITY_LEVEL_CONFIGURATION = Kind.named(
                    "flowcontrol.apiserver.k8s.io", "v1", "PriorityLevelConfiguration", "prioritylevelconfigurations")
            .clusterScoped()
            .subresources("status")
            .strategy(Strategy.PLAIN
                    .withGeneration()
                    .withDefaults(ExtensionDefaults::priorityLevel)
                    .withCheck((_, level, causes) -> FlowValidation.priorityLevel(level, causes))
                    .withPrinter(ExtensionPrinters.PRIORITY_LEVEL))
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
        return Kind.named("admissionregistration.k8s.io", "v1", kind, resource).clusterScoped();
    }
}
