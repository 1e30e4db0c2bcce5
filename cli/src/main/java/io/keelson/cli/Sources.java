package io.keelson.cli;

import io.keelson.cli.manifest.Document;
import io.keelson.cli.manifest.Manifest;
import io.keelson.cli.manifest.Problem;
import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads the manifests that a command line names with {@code -f}. */
final class Sources {

    /** A manifest file larger than this is not read. */
    static final long BYTES_MAX = 256L << 20;

    private static final int PROBLEMS_SHOWN_MAX = 20;

    private Sources() {}

    /** All documents of files, folders and standard input ({@code -}), checked as far as that is possible without a server. */
    static List<Document> read(List<String> names, boolean recursive, Terminal terminal) {
        var documents = new ArrayList<Document>();
        var problems = new ArrayList<Problem>();
        for (var name : names) {
            if (name.equals("-")) {
                parse("standard input", standardInput(terminal), documents, problems);
                continue;
            }
            if (name.startsWith("http://") || name.startsWith("https://")) {
                throw Trouble.of(
                        "manifests are not fetched from the network: " + name,
                        "Pipe it:  curl -fsSL " + name + " | keelson apply -f -");
            }
            for (var file : files(Path.of(name), recursive)) parse(file.toString(), bytes(file), documents, problems);
        }
        refuse(problems);
        if (documents.isEmpty()) throw Trouble.of("there is no object in " + String.join(", ", names));
        return documents;
    }

    /** Ends the command if there are problems, with all of them (up to a screen full). */
    static void refuse(List<Problem> problems) {
        if (problems.isEmpty()) return;
        var lines = new ArrayList<>(problems.stream()
                .limit(PROBLEMS_SHOWN_MAX)
                .map(Problem::toString)
                .toList());
        if (problems.size() > PROBLEMS_SHOWN_MAX)
            lines.add("... and " + (problems.size() - PROBLEMS_SHOWN_MAX) + " more");
        lines.add("Nothing was applied.");
        throw Trouble.of(
                problems.size() == 1
                        ? "the manifest has a mistake"
                        : "the manifest has " + problems.size() + " mistakes",
                lines.toArray(String[]::new));
    }

    private static void parse(String source, byte[] bytes, List<Document> documents, List<Problem> problems) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException notText) {
            problems.add(new Problem(source, 1, "this is not UTF-8 text"));
            return;
        }
        var parsed = Manifest.parse(source, text);
        documents.addAll(parsed.documents());
        problems.addAll(parsed.problems());
    }

    private static byte[] standardInput(Terminal terminal) {
        try {
            return terminal.in().readAllBytes();
        } catch (IOException unreadable) {
            throw Trouble.because(unreadable, "cannot read standard input: " + unreadable.getMessage());
        }
    }

    private static List<Path> files(Path path, boolean recursive) {
        if (!Files.exists(path))
            throw Trouble.of(
                    "there is no file " + path,
                    "Paths are relative to " + Path.of("").toAbsolutePath() + ".");
        if (!Files.isDirectory(path)) return List.of(path);
        try (Stream<Path> inside = recursive ? Files.walk(path) : Files.list(path)) {
            var found = inside.filter(Files::isRegularFile)
                    .filter(Sources::isManifest)
                    .sorted()
                    .toList();
            if (found.isEmpty())
                throw Trouble.of(
                        "there is no .yaml, .yml or .json file in " + path, "-R looks into the folders below, too.");
            return found;
        } catch (IOException | UncheckedIOException unreadable) {
            throw Trouble.because(unreadable, "cannot read the folder " + path + ": " + unreadable.getMessage());
        }
    }

    private static boolean isManifest(Path file) {
        var name = String.valueOf(file.getFileName());
        return name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
    }

    private static byte[] bytes(Path file) {
        try {
            if (Files.size(file) > BYTES_MAX) throw Trouble.of(file + " is larger than " + (BYTES_MAX >> 20) + " MiB");
            return Files.readAllBytes(file);
        } catch (NoSuchFileException none) {
            throw Trouble.because(none, "there is no file " + file);
        } catch (AccessDeniedException denied) {
            throw Trouble.because(denied, "you may not read " + file);
        } catch (IOException unreadable) {
            throw Trouble.because(unreadable, "cannot read " + file + ": " + unreadable.getMessage());
        }
    }
}
