package io.keelson.agent.stream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the log that a question means: {@code <logs>/<namespace>_<pod>_<uid>/<container>/<attempt>.log}. */
public final class ContainerLogs {
    private static final Map<String, String> IN_WORDS = Map.of(
            "ErrImagePull", "image can't be pulled",
            "ImagePullBackOff", "trying and failing to pull image");

    private final Path logs;
    private final Running running;
    private final Waiting waiting;

    /** Whether a container, in that attempt, may still write. */
    public interface Running {
        boolean runs(String podUid, String container, int attempt);
    }

    /** Why a container waits, as its pod's status says it; empty if it does not say. */
    public interface Waiting {
        Optional<String> reason(String podUid, String container);
    }

    public ContainerLogs(Path logs, Running running, Waiting waiting) {
        this.logs = logs;
        this.running = running;
        this.waiting = waiting;
    }

    /** Answers with a log. */
    public void logs(LogQuery query, Answer answer) throws Answer.Failed {
        for (var part : new String[] {query.namespace(), query.pod(), query.uid(), query.container()}) {
            // The names become a path.
            if (part.contains("/") || part.contains("..")) {
                throw new Answer.Failed(400, "\"" + part + "\" is not a name");
            }
        }
        try {
            var directory = podDirectory(query);
            var attempts = directory.isEmpty()
                    ? List.<Integer>of()
                    : attempts(directory.get().resolve(query.container()));
            if (query.previous() && attempts.size() < 2) {
                throw new Answer.Failed(400, "previous terminated container " + named(query) + " not found");
            }
            if (directory.isEmpty() || attempts.isEmpty()) {
                throw new Answer.Failed(
                        directory.isEmpty() && query.uid().isEmpty() ? 404 : 400,
                        "container " + named(query) + " is waiting to start: " + reason(query));
            }
            var uid = directory
                    .get()
                    .getFileName()
                    .toString()
                    .substring(query.namespace().length() + query.pod().length() + 2);
            int attempt = attempts.get(query.previous() ? attempts.size() - 2 : attempts.size() - 1);
            var file = directory.get().resolve(query.container()).resolve(attempt + ".log");
            new LogFile(file, query, answer).read(() -> running.runs(uid, query.container(), attempt));
        } catch (IOException | UncheckedIOException e) {
            throw new Answer.Failed(500, "reading the log: " + e.getMessage());
        }
    }

    private static String named(LogQuery query) {
        return "\"" + query.container() + "\" in pod \"" + query.pod() + "\"";
    }

    /** In the words of Kubernetes' node. */
    private String reason(LogQuery query) {
        var reason = waiting.reason(query.uid(), query.container()).orElse("ContainerCreating");
        return IN_WORDS.getOrDefault(reason, reason);
    }

    private Optional<Path> podDirectory(LogQuery query) throws IOException {
        var prefix = query.namespace() + "_" + query.pod() + "_";
        if (!query.uid().isEmpty()) {
            return Optional.of(logs.resolve(prefix + query.uid())).filter(Files::isDirectory);
        }
        if (!Files.isDirectory(logs)) {
            return Optional.empty();
        }
        try (var all = Files.list(logs)) {
            return all.filter(p -> p.getFileName().toString().startsWith(prefix))
                    .max(Comparator.comparingLong(p -> p.toFile().lastModified()));
        }
    }

    private static List<Integer> attempts(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (var files = Files.list(directory)) {
            return files.map(p -> p.getFileName().toString())
                    .filter(n -> n.matches("\\d{1,9}\\.log"))
                    .map(n -> Integer.parseInt(n.substring(0, n.length() - 4)))
                    .sorted()
                    .toList();
        }
    }
}
