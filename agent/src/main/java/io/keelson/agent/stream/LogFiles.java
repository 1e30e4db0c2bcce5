package io.keelson.agent.stream;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The files in which a node's logs are, as the kubelet shows {@code /var/log}: below {@code pods} those of containers. Nothing else. */
public final class LogFiles {

    private static final String PODS = "pods";

    private final Path pods;

    /** Those in a folder. */
    public LogFiles(Path pods) {
        this.pods = pods;
    }

    /** What is at a path. */
    sealed interface Found {

        /**
         * A folder.
         *
         * @param names what is in it, folders with a slash at their end; sorted
         */
        record Folder(List<String> names) implements Found {}

        /** A file. */
        record File(Path path) implements Found {}
    }

    /**
     * What is there; empty if nothing, or if a way leads elsewhere.
     *
     * @param steps the names on the way
     */
    Optional<Found> find(List<String> steps) {
        if (steps.isEmpty()) {
            return Optional.of(new Found.Folder(List.of(PODS + "/")));
        }
        if (!steps.getFirst().equals(PODS)) {
            return Optional.empty();
        }
        try {
            Path at = pods;
            for (String step : steps.subList(1, steps.size())) {
                Path next = at.resolve(step);
                boolean leads = !step.equals("..")
                        && !step.equals(".")
                        && next.getParent() != null
                        && next.getParent().equals(at)
                        && Files.exists(next, LinkOption.NOFOLLOW_LINKS)
                        && !Files.isSymbolicLink(next);
                if (!leads) {
                    return Optional.empty();
                }
                at = next;
            }
            if (Files.isDirectory(at)) {
                return Optional.of(new Found.Folder(names(at)));
            }
            return Files.isRegularFile(at) ? Optional.of(new Found.File(at)) : Optional.empty();
        } catch (IOException | InvalidPathException gone) {
            return Optional.empty();
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName() + (Files.isDirectory(file) ? "/" : ""))
                    .sorted()
                    .toList();
        }
    }
}
