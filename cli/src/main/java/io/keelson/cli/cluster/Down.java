package io.keelson.cli.cluster;

import io.keelson.agent.RuntimeKind;
import io.keelson.agent.Teardown;
import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Takes a cluster down: agents, then pods, then servers, then the network. Its data stays, unless it is to be purged. */
public final class Down {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Plan plan;
    private final Progress progress;

    public Down(Plan plan, Terminal terminal) {
        this.plan = plan;
        this.progress = new Progress(terminal);
    }

    /** Does it. Doing it again is fine. */
    public void run(boolean purge) throws InterruptedException {
        for (var node : plan.nodes()) Up.daemon(plan, node).ask();
        for (var node : plan.nodes()) {
            progress.waiting("nodes", "stopping " + node.name() + " and its pods");
            Up.daemon(plan, node).awaitEnd(PATIENCE);
            tearDown(node);
        }
        progress.done(
                "nodes",
                plan.nodes().stream().map(Plan.Node::name).collect(Collectors.joining(", "))
                        + " stopped, with all pods  (" + progress.elapsed() + ")");
        progress.waiting(
                "servers",
                "stopping " + plan.servers().stream().map(Plan.Server::name).collect(Collectors.joining(", ")));
        for (var server : plan.servers()) Up.daemon(plan, server).ask();
        for (var server : plan.servers()) Up.daemon(plan, server).awaitEnd(PATIENCE);
        progress.done(
                "servers",
                plan.servers().stream().map(Plan.Server::name).collect(Collectors.joining(", ")) + " stopped  ("
                        + progress.elapsed() + ")");
        if (plan.runtime() == RuntimeKind.CONTAINERD) {
            new Network(plan).remove();
            progress.done("network", "removed");
        }
        for (var node : plan.nodes()) removeLink(Up.shortLink(plan, node));
        if (purge) {
            purge();
            progress.done("data", plan.directory() + " removed");
        } else {
            progress.done(
                    "data",
                    plan.directory() + " stays: keelson up   goes on with it, keelson down --purge   removes it");
        }
    }

    private void tearDown(Plan.Node node) throws InterruptedException {
        var link = Up.shortLink(plan, node);
        var directory = Files.isSymbolicLink(link) ? link : plan.nodeDirectory(node);
        try {
            Teardown.run(plan.runtime(), directory);
        } catch (IOException | RuntimeException failed) {
            throw Trouble.because(
                    failed,
                    "the pods of node " + node.name() + " could not all be stopped: " + failed.getMessage(),
                    "Run keelson down again; the node's log is "
                            + Up.daemon(plan, node).log() + ".");
        }
    }

    private static void removeLink(Path link) {
        try {
            if (Files.isSymbolicLink(link)) Files.delete(link);
            var parent = link.getParent();
            if (parent == null || !Files.isDirectory(parent)) return;
            try (var inside = Files.list(parent)) {
                if (inside.findAny().isPresent()) return;
            }
            Files.delete(parent);
        } catch (IOException failed) {
            throw Trouble.because(failed, "cannot remove " + link + ": " + failed.getMessage());
        }
    }

    private void purge() {
        var kept = new ArrayList<String>();
        try {
            Files.walkFileTree(plan.directory(), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
                        throws IOException {
                    if (failure != null) throw failure;
                    Files.delete(folder);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException failed) {
            kept.add(String.valueOf(failed.getMessage()));
        }
        if (Files.exists(plan.directory(), LinkOption.NOFOLLOW_LINKS)) {
            throw Trouble.of(
                    "not all of " + plan.directory() + " could be removed: " + String.join(", ", kept),
                    "Is something in it mounted or in use?");
        }
    }
}
