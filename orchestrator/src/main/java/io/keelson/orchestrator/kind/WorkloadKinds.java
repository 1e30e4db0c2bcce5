package io.keelson.orchestrator.kind;

import java.util.List;

/** The rows of the groups that make pods and bound them: apps, batch, autoscaling, policy, scheduling and node. */
final class WorkloadKinds {

    static final Kind CONTROLLER_REVISION = apps("ControllerRevision", "controllerrevisions")
            .strategy(Strategy.PLAIN
                    .withCheck(SetValidation::controllerRevision)
                    .withPrinter(WorkloadPrinters.CONTROLLER_REVISION))
            .build();

    static final Kind DAEMON_SET = apps("DaemonSet", "daemonsets")
            .shortNames("ds")
            .categories("all")
            .subresources("status")
            .strategy(Strategy.PLAIN
                    .withGeneration()
                    .withDefaults(WorkloadDefaults::daemonSet)
                    .withCheck(SetValidation::daemonSet)
                    .withAdvice(PodAdvice.template("spec", "template"))
                    .withPrinter(WorkloadPrinters.DAEMON_SET))
            .build();

    static final Kind DEPLOYMENT = apps("Deployment", "deployments")
            .shortNames("deploy")
            .categories("all")
            .subresources("scale", "status")
            .strategy(Strategy.PLAIN
                    .withGeneration()
                    .withDefaults(Defaults::deployment)
                    .withCheck(WorkloadValidation::deployment)
                    .withAdvice(PodAdvice.NAME_OF_PODS.and(PodAdvice.template("spec", "template")))
                    .withPrinter(Printers.DEPLOYMENT))
            .build();

    static final Kind REPLICA_SET = apps("ReplicaSet", "replicasets")
            .shortNames("rs")
            .categories("all")
            .subresources("scale", "status")
            .strategy(Strategy.PLAIN
                    .withGeneration()
                    .withDefaults(Defaults::replicaSet)
                    .withCheck(WorkloadValidation::replicaSet)
                    .withAdvice(PodAdvice.NAME_OF_PODS.and(PodAdvice.template("spec", "template")))
                    .withPrinter(Printers.REPLICA_SET)
                    .withField("status.replicas", "0"))
            .build();

    static final Kind STATEFUL_SET = apps("StatefulSet", "statefulsets")
            .shortNames("sts")
            .categories("all")
            .subresources("scale", "status")
            .strategy(Strategy.PLAIN
                    .withGeneration()
                    .withDefaults(WorkloadDefaults::statefulSet)
                    .withCheck(SetValidation::statefulSet)
                    .withAdvice(PodAdvice.template("spec", "template").and(VolumeAdvice::statefulSet))
                    .withPrinter(WorkloadPrinters.STATEFUL_SET))
            .build();

    static final Kind HORIZONTAL_POD_AUTOSCALER = Kind.named(
                    "autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers")
            .shortNames("hpa")
            .categories("all")
            .subresources("status")
            .strategy(Strategy.PLAIN
                    .withDefaults(AutoscalerDefaults::v2)
                    .withCheck((_, autoscaler, causes) -> AutoscalerValidation.autoscaler(autoscaler, causes))
                    .withPrinter(AutoscalerPrinter.V2))
            .build();

    static final Kind HORIZONTAL_POD_AUTOSCALER_V1 = Kind.named(
                    "autoscaling", "v1", "HorizontalPodAutoscaler", "horizontalpodautoscalers")
            .shortNames("hpa")
            .categories("all")
            .subresources("status")
            .storedAs(HORIZONTAL_POD_AUTOSCALER)
            .strategy(Strategy.PLAIN
                    .withDefaults(AutoscalerDefaults::v1)
                    .withCheck((_, autoscaler, causes) -> AutoscalerValidation.autoscaler(autoscaler, causes))
                    .withPrinter(AutoscalerPrinter.V1)
                    .withConversion(new AutoscalerConversion()))
            .build();

    static final Kind CRON_JOB = Kind.named("batch", "v1", "CronJob", "cronjobs")
            .shortNames("cj")
            .categories("all")
            .subresources("status")
            .strategy(Strategy.PLAIN
                    .withGeneration()
                    .withDefaults(WorkloadDefaults::cronJob)
                    .withCheck(JobValidation::cronJob)
                    .withAdvice(PodAdvice.NAME_OF_PODS
                            .and(PodAdvice.job("spec", "jobTemplate", "spec"))
                            .and(JobValidation::adviseCronJob))
                    .withPrinter(WorkloadPrinters.CRON_JOB))
            .build();

    static final Kind JOB = Kind.named("batch", "v1", "Job", "jobs")
            .categories("all")
            .subresources("status")
            .strategy(Strategy.PLAIN
                    .withGeneration()
                    .withOrphans(
                            "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to"
                                    + " remove them or set propagationPolicy=Orphan to suppress this warning")
                    .withInitial(InitialState::job)
                    .withDefaults(WorkloadDefaults::job)
                    .withCheck(JobValidation::job)
                    .withAdvice(PodAdvice.NAME_OF_PODS.and(PodAdvice.job("spec")))
                    .withPrinter(WorkloadPrinters.JOB)
                    .withField("status.successful", "0"))
            .build();

    static final Kind POD_DISRUPTION_BUDGET = Kind.named("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets")
            .shortNames("pdb")
            .subresources("status")
            .strategy(Strategy.PLAIN
                    .withGuard()
                    .withGeneration()
                    .withDefaults(WorkloadDefaults::disruptionBudget)
                    .withCheck((_, budget, causes) -> BoundsValidation.disruptionBudget(budget, causes))
                    .withPrinter(BoundsPrinters.DISRUPTION_BUDGET))
            .build();

    static final Kind PRIORITY_CLASS = Kind.named("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses")
            .clusterScoped()
            .shortNames("pc")
            .strategy(Strategy.PLAIN
                    .withGeneration()
                    .withDefaults(WorkloadDefaults::priorityClass)
                    .withCheck(BoundsValidation::priorityClass)
                    .withPrinter(BoundsPrinters.PRIORITY_CLASS))
            .build();

    static final Kind RUNTIME_CLASS = Kind.named("node.k8s.io", "v1", "RuntimeClass", "runtimeclasses")
            .clusterScoped()
            .strategy(Strategy.PLAIN
                    .withGuard()
                    .withCheck(BoundsValidation::runtimeClass)
                    .withAdvice(Advices::runtimeClass)
                    .withPrinter(BoundsPrinters.RUNTIME_CLASS))
            .build();

    /** In no table: there are scales only below other objects. */
    static final Kind SCALE = Kind.named("autoscaling", "v1", "Scale", "scales")
            .verbs()
            .strategy(Strategy.PLAIN.withPrinter(WorkloadPrinters.SCALE))
            .build();

    private WorkloadKinds() {}

    private static KindBuilder apps(String kind, String resource) {
        return Kind.named("apps", "v1", kind, resource);
    }

    static final List<Kind> APPS = List.of(CONTROLLER_REVISION, DAEMON_SET, DEPLOYMENT, REPLICA_SET, STATEFUL_SET);
    static final List<Kind> AUTOSCALING = List.of(HORIZONTAL_POD_AUTOSCALER, HORIZONTAL_POD_AUTOSCALER_V1);
    static final List<Kind> BATCH = List.of(CRON_JOB, JOB);
}
