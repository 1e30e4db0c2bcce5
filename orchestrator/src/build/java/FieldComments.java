import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * What Kubernetes says of the fields of its messages, read from the sources of the Java client's protobuf messages, which are not shipped.
 * The models of that client lose it where a field is of a type of its own, as OpenAPI 2 has no words beside a reference.
 *
 * <p>The comments that protoc writes have no empty lines any more, so paragraphs run together.
 */
final class FieldComments {

    /** Generated classes of versions that are generally available, and of the types that all share. */
    private static final Pattern SOURCE = Pattern.compile("io/kubernetes/client/proto/(V\\d[A-Z]?[a-z]*|Meta)\\.java");

    private static final Pattern MESSAGE = Pattern.compile("@@protoc_insertion_point\\(interface_extends:([^)]+)\\)");
    private static final Pattern FIELD = Pattern.compile("\\* <code>.* (\\w+) = \\d+( \\[.*])?;</code>");

    /** Whose fields are those of another message in JSON. */
    private static final Map<String, String> INLINE = Map.of(
            "io.k8s.api.core.v1.Volume", "io.k8s.api.core.v1.VolumeSource",
            "io.k8s.api.core.v1.PersistentVolumeSpec", "io.k8s.api.core.v1.PersistentVolumeSource",
            "io.k8s.api.core.v1.EphemeralContainer", "io.k8s.api.core.v1.EphemeralContainerCommon",
            "io.k8s.api.core.v1.Probe", "io.k8s.api.core.v1.ProbeHandler");

    private final Map<String, String> comments = new HashMap<>();

    /** The comments in a jar of sources. */
    static FieldComments of(Path jar) throws IOException {
        FieldComments found = new FieldComments();
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                if (SOURCE.matcher(entry.getName()).matches()) {
                    found.read(new BufferedReader(
                            new InputStreamReader(zip.getInputStream(entry), StandardCharsets.UTF_8)));
                }
            }
        }
        return found;
    }

    /** What is said of a field: of a type named in full, such as {@code io.k8s.api.apps.v1.Deployment}, by its name in JSON. */
    Optional<String> of(String type, String field) {
        String other = INLINE.getOrDefault(type, type);
        return Optional.ofNullable(comments.getOrDefault(type + "/" + field, comments.get(other + "/" + field)));
    }

    /** The full name of a type in OpenAPI, by that of its message or the package of it. */
    static String typeName(String message) {
        return message.replaceFirst("^k8s\\.io\\.", "io.k8s.").replace("_apiserver", "-apiserver");
    }

    private void read(BufferedReader source) throws IOException {
        String type = "";
        List<String> comment = new ArrayList<>();
        boolean within = false;
        for (String line = source.readLine(); line != null; line = source.readLine()) {
            String word = line.strip();
            Matcher message = MESSAGE.matcher(word);
            Matcher field = FIELD.matcher(word);
            if (message.find()) {
                type = typeName(message.group(1));
            } else if (word.equals("* <pre>")) {
                comment.clear();
                within = true;
            } else if (word.equals("* </pre>")) {
                within = false;
            } else if (within) {
                comment.add(plain(line));
            } else if (field.matches() && !comment.isEmpty()) {
                comments.putIfAbsent(type + "/" + field.group(1), text(comment));
                comment.clear();
            }
        }
    }

    /** A line of a comment, as it was before protoc wrote it for Javadoc. */
    private static String plain(String line) {
        return line.replaceFirst("^ *\\* ?", "")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&#42;", "*")
                .replace("&#47;", "/")
                .replace("&#64;", "@")
                .replace("&#92;", "\\")
                .replace("&amp;", "&");
    }

    /** As Kubernetes makes descriptions of comments: without markers and notes to its authors; what is indented keeps its lines. */
    private static String text(List<String> lines) {
        StringBuilder text = new StringBuilder();
        for (String line : lines) {
            String word = line.strip();
            if (word.equals("---")) {
                break;
            }
            if (word.startsWith("+") || word.startsWith("TODO")) {
                continue;
            }
            boolean indented = line.startsWith(" ") || line.startsWith("\t");
            if (!text.isEmpty()) {
                text.append(indented ? "\n" : text.charAt(text.length() - 1) == '\n' ? "" : " ");
            }
            text.append(line.stripTrailing()).append(indented ? "\n" : "");
        }
        return text.toString().strip();
    }
}
