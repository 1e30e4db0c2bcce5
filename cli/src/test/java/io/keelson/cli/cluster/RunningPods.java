package io.keelson.cli.cluster;

import java.io.IOException;

/** Pods for clients that want to see them at work, and what they are tried with. */
final class RunningPods {

    /** One that talks, with a second container, and one that reads. */
    static final String WEB_AND_CAT = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - {name: main, image: localhost/machine, imagePullPolicy: IfNotPresent, command: [sh, -c, "while true; do echo tick; sleep 0.2; done"]}
              - {name: side, image: localhost/machine, imagePullPolicy: IfNotPresent, command: [sleep, "3600"]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: cat}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - {name: c, image: localhost/machine, imagePullPolicy: IfNotPresent, stdin: true, command: [cat]}
            """;

    private static final String YAML = WEB_AND_CAT + """
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: said}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - {name: c, image: localhost/machine, imagePullPolicy: IfNotPresent, command: [sh, -c, "echo first; echo second; echo third; sleep 3600"]}
            ---
            # Ends again and again, so that there is a log of the life before.
            apiVersion: v1
            kind: Pod
            metadata: {name: again}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - {name: c, image: localhost/machine, imagePullPolicy: IfNotPresent, command: [sh, -c, "echo before; exit 1"]}
            """;

    private RunningPods() {}

    /** Makes them, and waits until they are as wanted. */
    static void start(TestCluster cluster) throws IOException, InterruptedException {
        cluster.apply(YAML, "web", "cat", "said");
        Waiting.await(
                "a second life",
                () -> !cluster.ok(
                                "1.33",
                                "get",
                                "pod",
                                "again",
                                "-o",
                                "jsonpath={.status.containerStatuses[0].lastState.terminated.exitCode}")
                        .isEmpty());
    }
}
