package io.keelson.cli;

import java.util.List;
import java.util.Optional;

/** All commands, by name. */
final class Commands {

    /** In the order in which they are shown. */
    static final List<String> NAMES = List.of(
            "up",
            "status",
            "down",
            "apply",
            "get",
            "describe",
            "logs",
            "exec",
            "attach",
            "port-forward",
            "top",
            "scale",
            "rollout",
            "delete",
            "why",
            "diff",
            "history",
            "undo",
            "server",
            "agent",
            "store",
            "version",
            "completion");

    /** What kubectl users look for and only kubectl has. */
    static final List<String> OF_KUBECTL = List.of(
            "annotate",
            "api-resources",
            "auth",
            "autoscale",
            "cordon",
            "cp",
            "create",
            "debug",
            "drain",
            "edit",
            "events",
            "explain",
            "expose",
            "kustomize",
            "label",
            "patch",
            "replace",
            "run",
            "set",
            "taint",
            "uncordon",
            "wait");

    private Commands() {}

    /** Makes the command with this name. */
    static Optional<Command> named(String name) {
        return switch (name) {
            case "up" -> Optional.of(new UpCommand());
            case "status" -> Optional.of(new StatusCommand());
            case "down" -> Optional.of(new DownCommand());
            case "server" -> Optional.of(new ServerCommand());
            case "store" -> Optional.of(new StoreCommand());
            case "store restore", "store snapshot restore" -> Optional.of(new StoreRestoreCommand());
            case "store snapshot save" -> Optional.of(new StoreSnapshotSaveCommand());
            case "store snapshot status" -> Optional.of(new StoreSnapshotStatusCommand());
            case "agent" -> Optional.of(new AgentCommand());
            case "apply" -> Optional.of(new ApplyCommand());
            case "get" -> Optional.of(new GetCommand());
            case "describe" -> Optional.of(new DescribeCommand());
            case "logs" -> Optional.of(new LogsCommand());
            case "exec" -> Optional.of(new ExecCommand());
            case "attach" -> Optional.of(new AttachCommand());
            case "port-forward" -> Optional.of(new PortForwardCommand());
            case "top" -> Optional.of(new TopCommand());
            case "scale" -> Optional.of(new ScaleCommand());
            case "rollout" -> Optional.of(new RolloutCommand());
            case "delete" -> Optional.of(new DeleteCommand());
            case "why" -> Optional.of(new WhyCommand());
            case "diff" -> Optional.of(new DiffCommand());
            case "history" -> Optional.of(new HistoryCommand());
            case "undo" -> Optional.of(new UndoCommand());
            case "version" -> Optional.of(new VersionCommand());
            case "rehearse" -> Optional.of(new RehearseCommand());
            case "completion" -> Optional.of(new CompletionCommand());
            default -> Optional.empty();
        };
    }

    static String overview() {
        return """
            Keelson runs containers on a highly available cluster that speaks Kubernetes.

              keelson up [FILE]         start a cluster on this machine, and apply a manifest
              keelson status            is it well?
              keelson down [--purge]    stop it [and remove everything]

              keelson apply -f FILE     make the cluster hold what manifests say
              keelson get TYPE          show objects: pods, deployments, services, nodes, events ...
              keelson describe WHAT     an object in words, and what happened to it
              keelson logs POD          what containers wrote
              keelson exec POD -- ...   run a command in a container; -it for a shell
              keelson attach POD        join a container's own program
              keelson port-forward WHAT PORT
                                        a port of this machine that leads to a pod
              keelson top nodes|pods    what they use
              keelson scale WHAT        say how many pods
              keelson rollout ...       status, history or restart of a deployment
              keelson delete WHAT       delete objects
              keelson why WHAT          the one reason that it is not as wished
              keelson diff -f FILE      what an apply would change
              keelson history WHAT      every change that the store still has
              keelson undo WHAT         make it as it was

              keelson server            one control-plane server in this process
              keelson agent             one node in this process
              keelson store             the store alone, in place of etcd
              keelson store snapshot save|status|restore FILE
                                        its data to a file, and back; etcd's, too
              keelson version           which version is this
              keelson completion bash   completion for the shell

            "keelson COMMAND --help" says more.
            """;
    }
}
