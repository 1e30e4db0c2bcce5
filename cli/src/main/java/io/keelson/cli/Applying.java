package io.keelson.cli;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.keelson.cli.client.Failures;
import io.keelson.cli.manifest.Document;
import io.keelson.cli.manifest.Problem;
import io.keelson.cli.print.Nearest;
import io.keelson.cli.print.Render;
import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Terminal.Colour;
import io.keelson.proto.v1.ApplyRequest;
import io.keelson.proto.v1.ApplyResponse;
import io.keelson.proto.v1.Encoding;
import io.keelson.proto.v1.FieldValidation;
import io.keelson.proto.v1.KindInfo;
import io.keelson.proto.v1.Object;
import io.keelson.proto.v1.WriteOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Applies documents: first every one is checked, by the server in a dry run at last; only when all are good is anything written.
 *
 * <p>What is wrong is told with file and line, since the server's "spec.replicas" is somewhere in a file.
 */
final class Applying {

    private static final Pattern UNKNOWN_FIELD = Pattern.compile("(?:unknown|duplicate) field \"([^\"]+)\"");

    private final Client client;
    private final Terminal terminal;
    private final FieldValidation validation;

    private final String indent;

    Applying(Client client, Terminal terminal, FieldValidation validation) {
        this(client, terminal, validation, "");
    }

    /** With a text before each line. */
    Applying(Client client, Terminal terminal, FieldValidation validation, String indent) {
        this.indent = indent;
        this.client = client;
        this.terminal = terminal;
        this.validation = validation;
    }

    /** One document and its kind. */
    private record Work(Document document, KindInfo kind) {
        String title() {
            return Client.prefix(kind) + "/" + document.name();
        }
    }

    /** Checks all documents and, unless it is a dry run, writes them; a line for each. */
    void apply(List<Document> documents, boolean dryRun) throws InterruptedException {
        var works = check(documents);
        var ownNamespaces = new HashSet<String>();
        works.stream()
                .filter(work -> work.kind().getKind().equals("Namespace"))
                .map(work -> work.document().name())
                .forEach(ownNamespaces::add);
        var outcomes = new LinkedHashMap<Work, ApplyResponse>();
        var problems = new ArrayList<Problem>();
        for (var work : works) {
            try {
                outcomes.put(work, rehearse(work, ownNamespaces));
            } catch (StatusRuntimeException refused) {
                problems.addAll(problems(work.document(), refused));
            }
        }
        Sources.refuse(problems);
        if (dryRun) {
            outcomes.forEach((work, answer) -> say(work, answer, " (dry run)"));
            return;
        }
        // A namespace must be there before what lives in it.
        var inOrder = works.stream()
                .sorted(Comparator.comparing(
                        (Work work) -> !work.kind().getKind().equals("Namespace")))
                .toList();
        for (var work : inOrder) say(work, send(work.document(), client.namespace(), false), "");
    }

    private void say(Work work, ApplyResponse answer, String note) {
        var word = switch (answer.getOutcome()) {
            case CREATED -> terminal.paint(Colour.GOOD, "created");
            case CONFIGURED -> terminal.paint(Colour.WARN, "configured");
            case UNCHANGED, UNRECOGNIZED -> "unchanged";
        };
        terminal.out().println(indent + work.title() + " " + word + note);
        terminal.out().flush();
        answer.getWarningsList()
                .forEach(warning -> terminal.err().println(terminal.paint(Colour.WARN, "warning:") + " " + warning));
    }

    private List<Work> check(List<Document> documents) throws InterruptedException {
        var problems = new ArrayList<Problem>();
        var works = new ArrayList<Work>();
        var seen = new HashMap<String, Document>();
        for (var document : documents) {
            var kind = kindOf(document, problems);
            if (kind.isEmpty()) continue;
            int size = Render.bytes(document.object()).length;
            if (size > Document.BYTES_MAX) {
                problems.add(new Problem(
                        document.source(),
                        document.line(),
                        "%s is %.1f MiB; an object may have 1.5 MiB at most. Split it, or keep large data in a volume"
                                .formatted(document.title(), size / 1048576.0)));
            }
            var work = new Work(document, kind.get());
            var namespace = kind.get().getNamespaced()
                    ? document.namespace().isEmpty() ? client.namespace() : document.namespace()
                    : "";
            var earlier = seen.putIfAbsent(namespace + " " + work.title(), document);
            if (earlier != null) {
                problems.add(new Problem(
                        document.source(),
                        document.line(),
                        document.title() + " is there twice (first at " + earlier.source() + ":" + earlier.line()
                                + ")"));
            }
            works.add(work);
        }
        Sources.refuse(problems);
        return works;
    }

    private Optional<KindInfo> kindOf(Document document, List<Problem> problems) throws InterruptedException {
        var kinds = client.kinds();
        var exact = kinds.stream()
                .filter(kind -> kind.getKind().equals(document.kind())
                        && apiVersion(kind).equals(document.apiVersion()))
                .findFirst();
        if (exact.isPresent()) return exact;
        var elsewhere = kinds.stream()
                .filter(kind -> kind.getKind().equals(document.kind()))
                .map(Applying::apiVersion)
                .toList();
        if (!elsewhere.isEmpty()) {
            problems.add(new Problem(
                    document.source(),
                    document.lineOf("apiVersion"),
                    "there is no " + document.kind() + " in apiVersion \"" + document.apiVersion()
                            + "\"; write apiVersion: " + String.join(" or ", elsewhere)));
            return Optional.empty();
        }
        var near = Nearest.to(
                document.kind(), kinds.stream().map(KindInfo::getKind).toList());
        problems.add(new Problem(
                document.source(),
                document.lineOf("kind"),
                "unknown kind \"" + document.kind() + "\" (apiVersion " + document.apiVersion() + ")"
                        + near.map(kind -> "; did you mean " + kind + "?")
                                .orElse("; the cluster knows "
                                        + String.join(
                                                ", ",
                                                kinds.stream()
                                                        .map(KindInfo::getKind)
                                                        .sorted()
                                                        .toList()))));
        return Optional.empty();
    }

    private static String apiVersion(KindInfo kind) {
        return kind.getGroup().isEmpty() ? kind.getVersion() : kind.getGroup() + "/" + kind.getVersion();
    }

    /** A dry run. What goes to a namespace of the same manifest is tried in a namespace that is there. */
    private ApplyResponse rehearse(Work work, Set<String> ownNamespaces) throws InterruptedException {
        try {
            return sendRaw(work.document(), client.namespace(), true);
        } catch (StatusRuntimeException refused) {
            var namespace = work.document().namespace().isEmpty()
                    ? client.namespace()
                    : work.document().namespace();
            boolean namespaceComes =
                    refused.getStatus().getCode() == Status.Code.NOT_FOUND && ownNamespaces.contains(namespace);
            if (!namespaceComes) throw refused;
            var object = work.document().object().deepCopy();
            object.withObject("/metadata").put("namespace", "default");
            return sendRaw(
                    new Document(
                            work.document().source(),
                            work.document().line(),
                            object,
                            work.document().lines()),
                    "default",
                    true);
        }
    }

    private ApplyResponse send(Document document, String namespace, boolean dryRun) throws InterruptedException {
        var request = request(document, namespace, dryRun);
        return client.servers().ask(stub -> stub.apply(request));
    }

    /** Like {@link #send}, and lets a refusal through as it came. */
    private ApplyResponse sendRaw(Document document, String namespace, boolean dryRun) throws InterruptedException {
        var request = request(document, namespace, dryRun);
        var refusal = new ArrayList<StatusRuntimeException>();
        var answer = client.servers().ask(stub -> {
            try {
                return stub.apply(request);
            } catch (StatusRuntimeException failure) {
                if (!isAboutTheObject(failure)) throw failure;
                refusal.add(failure);
                return ApplyResponse.getDefaultInstance();
            }
        });
        if (!refusal.isEmpty()) throw refusal.getFirst();
        return answer;
    }

    private static boolean isAboutTheObject(StatusRuntimeException failure) {
        return switch (failure.getStatus().getCode()) {
            case INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION, ALREADY_EXISTS, OUT_OF_RANGE, RESOURCE_EXHAUSTED ->
                true;
            default -> false;
        };
    }

    private ApplyRequest request(Document document, String namespace, boolean dryRun) {
        return ApplyRequest.newBuilder()
                .setNamespace(namespace)
                .setObject(Object.newBuilder().setJson(ByteString.copyFrom(Render.bytes(document.object()))))
                .setEncoding(Encoding.ENCODING_JSON)
                .setOptions(WriteOptions.newBuilder()
                        .setDryRun(dryRun)
                        .setFieldManager("keelson")
                        .setFieldValidation(validation))
                .build();
    }

    /** A server's refusal as problems of the document, each at its line. */
    static List<Problem> problems(Document document, StatusRuntimeException refused) {
        var problems = new ArrayList<Problem>();
        for (var cause : Failures.causes(refused)) {
            var text = cause.field().isEmpty() || cause.message().contains(cause.field())
                    ? cause.message()
                    : cause.field() + ": " + cause.message();
            problems.add(
                    new Problem(document.source(), document.lineOf(cause.field()), document.title() + ": " + text));
        }
        if (!problems.isEmpty()) return problems;
        var message = Failures.message(refused);
        var unknown = UNKNOWN_FIELD.matcher(message);
        while (unknown.find()) {
            problems.add(new Problem(
                    document.source(), document.lineOf(unknown.group(1)), document.title() + ": " + unknown.group()));
        }
        if (problems.isEmpty())
            problems.add(new Problem(document.source(), document.line(), document.title() + ": " + message));
        return problems;
    }
}
