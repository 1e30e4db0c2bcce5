package io.keelson.orchestrator.kind;

import java.util.List;

/** The rows of the core group. */
final class CoreKinds {

    static final Kind NAMESPACE = core("Namespace", "namespaces")
            .clusterScoped()
            .shortNames("ns")
            .subresources("finalize", "status")
            .verbs("create", "delete", "get", "list", "patch", "update", "watch")
            .strategy(Strategy.PLAIN
                    .withNames(Names::dns1123LabelProblems)
                    .withInitial(InitialState::namespace)
                    .withDefaults(Defaults::namespace)
                    .withPrinter(Printers.NAMESPACE)
                    .withFields("status.phase"))
            .build();

    static final Kind NODE = core("Node", "nodes")
            .clusterScoped()
            .shortNames("no")
            .subresources("proxy", "status")
            .strategy(Strategy.PLAIN
                    .withStatusAtCreation()
                    .withDefaults(Defaults::node)
                    .withCheck(NodeValidation::node)
                    .withAdvice(IpAdvice.NODE_SPEC.and(Advices::node))
                    .withPrinter(Printers.NODE)
                    .withField("spec.unschedulable", "false"))
            .build();

    static final Kind POD = core("Pod", "pods")
            .shortNames("po")
            .categories("all")
            .subresources(
                    "attach",
                    "binding",
                    "ephemeralcontainers",
                    "eviction",
                    "exec",
                    "log",
                    "portforward",
                    "proxy",
                    "resize",
                    "status")
            .strategy(Strategy.PLAIN
                    .withGeneration()
                    .withInitial(InitialState::pod)
                    .withDefaults(PodDefaults::pod)
                    .withCheck(PodValidation::pod)
                    .withAdvice(PodAdvice.POD.and(IpAdvice.POD_STATUS))
                    .withPrinter(Printers.POD)
                    .withFields(
                            "spec.nodeName",
                            "spec.restartPolicy",
                            "spec.schedulerName",
                            "spec.serviceAccountName",
                            "status.phase",
                            "status.podIP",
                            "status.podIPs",
                            "status.nominatedNodeName")
                    .withField("spec.hostNetwork", "false"))
            .build();

    static final Kind SERVICE = core("Service", "services")
            .shortNames("svc")
            .categories("all")
            .subresources("proxy", "status")
            .strategy(Strategy.PLAIN
                    .withNames(Names::dns1035LabelProblems)
                    .withInitial(InitialState::service)
                    .withDefaults(Defaults::service)
                    .withCheck(ServiceValidation::service)
                    .withAdvice(IpAdvice.SERVICE_STATUS.and(Advices::service))
                    .withPrinter(Printers.SERVICE)
                    .withFields("spec.clusterIP", "spec.type"))
            .build();

    static final Kind ENDPOINTS = core("Endpoints", "endpoints")
            .shortNames("ep")
            .strategy(Strategy.PLAIN
                    .withDefaults(Defaults::endpoints)
                    .withCheck((_, endpoints, causes) -> ServiceValidation.endpoints(endpoints, causes))
                    .withAdvice(IpAdvice::endpoints)
                    .withPrinter(Printers.ENDPOINTS)
                    .withDeprecation("v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"))
            .build();

    static final Kind CONFIG_MAP = core("ConfigMap", "configmaps")
            .shortNames("cm")
            .strategy(Strategy.PLAIN.withCheck(ConfigValidation::configMap).withPrinter(Printers.CONFIG_MAP))
            .build();

    static final Kind SECRET = core("Secret", "secrets")
            .strategy(Strategy.PLAIN
                    .withDefaults(Defaults::secret)
                    .withCheck(ConfigValidation::secret)
                    .withPrinter(Printers.SECRET)
                    .withFields("type"))
            .build();

    static final Kind EVENT = core("Event", "events")
            .shortNames("ev")
            .strategy(Strategy.PLAIN
                    .withCheck((_, event, causes) -> EventValidation.event(event, causes))
                    .withPrinter(Printers.EVENT)
                    .withFields(
                            "involvedObject.kind",
                            "involvedObject.namespace",
                            "involvedObject.name",
                            "involvedObject.uid",
                            "involvedObject.apiVersion",
                            "involvedObject.resourceVersion",
                            "involvedObject.fieldPath",
                            "reason",
                            "reportingComponent",
                            "source",
                            "type"))
            .build();

    static final Kind SERVICE_ACCOUNT = core("ServiceAccount", "serviceaccounts")
            .shortNames("sa")
            .subresources("token")
            .strategy(Strategy.PLAIN.withAdvice(Advices::serviceAccount).withPrinter(Printers.SERVICE_ACCOUNT))
            .build();

    static final Kind REPLICATION_CONTROLLER = core("ReplicationController", "replicationcontrollers")
            .shortNames("rc")
            .categories("all")
            .subresources("scale", "status")
            .strategy(Strategy.PLAIN
                    .withGeneration()
                    .withOrphans("")
                    .withDefaults(WorkloadDefaults::replicationController)
                    .withCheck((_, controller, causes) -> SetValidation.replicationController(controller, causes))
                    .withAdvice(PodAdvice.NAME_OF_PODS.and(PodAdvice.template("spec", "template")))
                    .withPrinter(WorkloadPrinters.REPLICATION_CONTROLLER)
                    .withField("status.replicas", "0"))
            .build();

    static final Kind POD_TEMPLATE = core("PodTemplate", "podtemplates")
            .strategy(Strategy.PLAIN
                    .withGeneration()
                    .withDefaults(WorkloadDefaults::podTemplate)
                    .withCheck((_, template, causes) -> SetValidation.podTemplate(template, causes))
                    .withAdvice(PodAdvice.template("template"))
                    .withPrinter(WorkloadPrinters.POD_TEMPLATE))
            .build();

    static final Kind LIMIT_RANGE = core("LimitRange", "limitranges")
            .shortNames("limits")
            .strategy(Strategy.PLAIN
                    .withDefaults(BoundsDefaults::limitRange)
                    .withCheck((_, range, causes) -> BoundsValidation.limitRange(range, causes))
                    .withPrinter(BoundsPrinters.LIMIT_RANGE))
            .build();

    static final Kind RESOURCE_QUOTA = core("ResourceQuota", "resourcequotas")
            .shortNames("quota")
            .subresources("status")
            .strategy(Strategy.PLAIN
                    .withDefaults(BoundsDefaults::quota)
                    .withCheck(BoundsValidation::quota)
                    .withPrinter(BoundsPrinters.RESOURCE_QUOTA))
            .build();

    static final Kind PERSISTENT_VOLUME = core("PersistentVolume", "persistentvolumes")
            .clusterScoped()
            .shortNames("pv")
            .subresources("status")
            .strategy(Strategy.PLAIN
                    .withDefaults(StorageDefaults::volume)
                    .withCheck(VolumeValidation::volume)
                    .withAdvice(VolumeAdvice::volume)
                    .withPrinter(StoragePrinters.VOLUME))
            .build();

    static final Kind PERSISTENT_VOLUME_CLAIM = core("PersistentVolumeClaim", "persistentvolumeclaims")
            .shortNames("pvc")
            .subresources("status")
            .strategy(Strategy.PLAIN
                    .withDefaults(StorageDefaults::claim)
                    .withCheck(VolumeValidation::claim)
                    .withAdvice(VolumeAdvice::claim)
                    .withPrinter(StoragePrinters.CLAIM))
            .build();

    static final Kind BINDING = core("Binding", "bindings").verbs("create").build();

    static final Kind COMPONENT_STATUS = core("ComponentStatus", "componentstatuses")
            .clusterScoped()
            .shortNames("cs")
            .verbs("get", "list")
            .strategy(Strategy.PLAIN
                    .withPrinter(BoundsPrinters.COMPONENT_STATUS)
                    .withDeprecation("v1 ComponentStatus is deprecated in v1.19+"))
            .build();

    /** In the order of discovery. */
    static final List<Kind> ROWS = List.of(
            BINDING,
            COMPONENT_STATUS,
            CONFIG_MAP,
            ENDPOINTS,
            EVENT,
            LIMIT_RANGE,
            NAMESPACE,
            NODE,
            PERSISTENT_VOLUME_CLAIM,
            PERSISTENT_VOLUME,
            POD,
            POD_TEMPLATE,
            REPLICATION_CONTROLLER,
            RESOURCE_QUOTA,
            SECRET,
            SERVICE_ACCOUNT,
            SERVICE);

    private CoreKinds() {}

    private static KindBuilder core(String kind, String resource) {
        return Kind.named("", "v1", kind, resource);
    }
}
