package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;

/** The kinds that admission reads. */
final class Known {

    private static final String REGISTRATION = "admissionregistration.k8s.io/v1";

    static final Kind LIMIT_RANGE = kind("v1", "LimitRange");
    static final Kind RESOURCE_QUOTA = kind("v1", "ResourceQuota");
    static final Kind CLAIM = kind("v1", "PersistentVolumeClaim");
    static final Kind VOLUME = kind("v1", "PersistentVolume");
    static final Kind PRIORITY_CLASS = kind("scheduling.k8s.io/v1", "PriorityClass");
    static final Kind RUNTIME_CLASS = kind("node.k8s.io/v1", "RuntimeClass");
    static final Kind STORAGE_CLASS = kind("storage.k8s.io/v1", "StorageClass");
    static final Kind INGRESS = kind("networking.k8s.io/v1", "Ingress");
    static final Kind INGRESS_CLASS = kind("networking.k8s.io/v1", "IngressClass");
    static final Kind MUTATING_WEBHOOKS = kind(REGISTRATION, "MutatingWebhookConfiguration");
    static final Kind VALIDATING_WEBHOOKS = kind(REGISTRATION, "ValidatingWebhookConfiguration");
    static final Kind POLICY = kind(REGISTRATION, "ValidatingAdmissionPolicy");
    static final Kind MUTATING_POLICY = kind(REGISTRATION, "MutatingAdmissionPolicy");
    static final Kind MUTATING_BINDING = kind(REGISTRATION, "MutatingAdmissionPolicyBinding");
    static final Kind BINDING = kind(REGISTRATION, "ValidatingAdmissionPolicyBinding");

    private Known() {}

    private static Kind kind(String apiVersion, String kind) {
        return Kinds.builtIn().byApiVersion(apiVersion, kind).orElseThrow();
    }
}
