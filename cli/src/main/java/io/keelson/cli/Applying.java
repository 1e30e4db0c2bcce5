package io.keelson.cli;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.keelson.cli.client.Failures;
import io.keelson.cli.manifest.Document;
import io.keelson.cli.manifest.Problem;
import io.keelson.cli.print.Nearest;
import io.keelson.cli.print.Render;
import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Terminal.Colour;
import io.keelson.cli.print.Trouble;
import io.keelson.proto.v1.ApplyRequest;
import io.keelson.proto.v1.ApplyResponse;
import io.keelson.proto.v1.ApplySetRequest;
import io.keelson.proto.v1.ApplySetResponse;
import io.keelson.proto.v1.Encoding;
import io.keelson.proto.v1.FieldValidation;
import io.keelson.proto.v1.KindInfo;
import io.keelson.proto.v1.KindRef;
import io.keelson.proto.v1.Object;
import io.keelson.proto.v1.SetItem;
import io.keelson.proto.v1.SetsGrpc;
import io.keelson.proto.v1.WriteOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Applies documents in one transaction: all of them, or none if the server refuses any.
 *
 * <p>What is wrong is told with file and line, since the server's "spec.replicas" is somewhere in a file.
 */
final class Applying {

    private static final Pattern UNKNOWN_FIELD = Pattern.compile("(?:unknown|duplicate) field \"([^\"]+)\"");

    /** How long a kind may take from its definition until it is served. */
    private static final Duration KINDS_PATIENCE = Duration.ofSeconds(10);

    private static final Duration KINDS_PAUSE = Duration.ofMillis(200);

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

    /**
     * How to apply.
     *
     * @param dryRun decide everything, write nothing
     * @param set name under which the server remembers what the set holds; empty: it does not
     * @param prune delete what left the set
     */
    record Manner(boolean dryRun, String set, boolean prune) {

        static final Manner PLAIN = new Manner(false, "", false);
    }

    /** Applies all documents in one transaction, or none; a line for each object. */
    void apply(List<Document> documents, Manner manner) throws InterruptedException {
        var answer = together(documents, manner, false);
        for (var item : answer.getItemsList()) say(item, manner.dryRun() ? " (dry run)" : "");
    }

    /** Shows what became of a set, with what changed in each object. */
    static void show(ApplySetResponse answer, Terminal terminal, String note) {
        for (var item : answer.getItemsList()) {
            terminal.out()
                    .println(title(item.getRef().getKind()) + "/"
                            + item.getRef().getName() + " " + word(item.getOutcome(), terminal) + note);
            Changes.print(item.getChangesList(), terminal, "    ");
        }
    }

    /** Shows what {@link #apply} would change; whether there is anything. */
    boolean diff(List<Document> documents, Manner manner) throws InterruptedException {
        boolean any = false;
        for (var item : together(documents, manner, true).getItemsList()) {
            if (item.getOutcome() == SetItem.Outcome.UNCHANGED) continue;
            any = true;
            say(item, "");
            Changes.print(item.getChangesList(), terminal, indent + "  ");
        }
        return any;
    }

    private ApplySetResponse together(List<Document> documents, Manner manner, boolean withChanges)
            throws InterruptedException {
        var works = check(documents);
        var request = ApplySetRequest.newBuilder()
                .setNamespace(client.namespace())
                .setOptions(options(manner.dryRun()))
                .setEncoding(Encoding.ENCODING_JSON)
                .setSet(manner.set())
                .setPrune(manner.prune())
                .setWithChanges(withChanges);
        works.forEach(work -> request.addObjects(object(work.document())));
        var refusal = new ArrayList<StatusRuntimeException>();
        var answer = client.servers().on(channel -> {
            try {
                return SetsGrpc.newBlockingStub(channel).apply(request.build());
            } catch (StatusRuntimeException failure) {
                if (!isAboutTheObject(failure)) throw failure;
                refusal.add(failure);
                return ApplySetResponse.getDefaultInstance();
            }
        });
        for (var refused : refusal) throw refused(works, refused);
        return answer;
    }

    /** What a server refused, each object's problems at their lines. */
    private static Trouble refused(List<Work> works, StatusRuntimeException refusal) {
        var problems = new ArrayList<Problem>();
        for (var one : Failures.refusedObjects(refusal)) {
            if (one.index() < 0 || one.index() >= works.size()) continue;
            problems.addAll(problems(works.get(one.index()).document(), one.causes(), one.message()));
        }
        if (!problems.isEmpty()) Sources.refuse(problems);
        var message = Failures.message(refusal);
        return message.contains("too large for one transaction")
                ? Trouble.because(
                        refusal,
                        message,
                        "Apply it in parts, or one by one with --piecewise: then it is not all or nothing.")
                : Trouble.because(refusal, message);
    }

    /** Applies one object after the other: first namespaces and definitions of kinds, then the rest. */
    void applyPiecewise(List<Document> documents, boolean dryRun) throws InterruptedException {
        var first = documents.stream().filter(Applying::othersNeedIt).toList();
        for (var document : first) applyOne(document, dryRun);
        client.forgetKinds();
        var rest =
                documents.stream().filter(document -> !othersNeedIt(document)).toList();
        awaitKinds(first, rest);
        for (var work : check(rest)) applyOne(work.document(), dryRun);
    }

    private void applyOne(Document document, boolean dryRun) throws InterruptedException {
        try {
            say(check(List.of(document)).getFirst(), sendRaw(document, dryRun), dryRun ? " (dry run)" : "");
        } catch (StatusRuntimeException refused) {
            Sources.refuse(problems(document, Failures.causes(refused), Failures.message(refused)));
        }
    }

    private static boolean othersNeedIt(Document document) {
        return document.kind().equals("Namespace") || document.kind().equals("CustomResourceDefinition");
    }

    /** Waits a while until the server serves kinds that were defined just now. */
    private void awaitKinds(List<Document> first, List<Document> rest) throws InterruptedException {
        var defined = defined(first);
        long deadline = System.nanoTime() + KINDS_PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            boolean missing = false;
            for (var document : rest)
                missing |=
                        defined.contains(document.kind()) && exactly(document).isEmpty();
            if (!missing) return;
            Thread.sleep(KINDS_PAUSE);
            client.forgetKinds();
        }
    }

    private static Set<String> defined(List<Document> documents) {
        return documents.stream()
                .filter(document -> document.kind().equals("CustomResourceDefinition"))
                .map(document -> document.object()
                        .path("spec")
                        .path("names")
                        .path("kind")
                        .asString(""))
                .collect(Collectors.toSet());
    }

    private void say(SetItem item, String note) {
        say(
                title(item.getRef().getKind()) + "/" + item.getRef().getName(),
                word(item.getOutcome(), terminal),
                note,
                item.getWarningsList());
    }

    private static String word(SetItem.Outcome outcome, Terminal terminal) {
        return switch (outcome) {
            case CREATED -> terminal.paint(Colour.GOOD, "created");
            case CONFIGURED -> terminal.paint(Colour.WARN, "configured");
            case PRUNED -> terminal.paint(Colour.WARN, "pruned");
            case UNCHANGED, UNRECOGNIZED -> "unchanged";
        };
    }

    private static String title(KindRef kind) {
        var version = kind.getApiVersion();
        int slash = version.indexOf('/');
        return kind.getKind().toLowerCase(Locale.ROOT) + (slash < 0 ? "" : "." + version.substring(0, slash));
    }

    private void say(Work work, ApplyResponse answer, String note) {
        var word = switch (answer.getOutcome()) {
            case CREATED -> terminal.paint(Colour.GOOD, "created");
            case CONFIGURED -> terminal.paint(Colour.WARN, "configured");
            case UNCHANGED, UNRECOGNIZED -> "unchanged";
        };
        say(work.title(), word, note, answer.getWarningsList());
    }

    private void say(String title, String word, String note, List<String> warnings) {
        terminal.out().println(indent + title + " " + word + note);
        terminal.out().flush();
        warnings.forEach(warning -> terminal.err().println(terminal.paint(Colour.WARN, "warning:") + " " + warning));
    }

    private List<Work> check(List<Document> documents) throws InterruptedException {
        var problems = new ArrayList<Problem>();
        var works = new ArrayList<Work>();
        var seen = new HashMap<String, Document>();
        for (var document : documents) {
            var kind = kindOf(document, defined(documents), problems);
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

    private Optional<KindInfo> exactly(Document document) throws InterruptedException {
        return client.kinds().stream()
                .filter(kind -> kind.getKind().equals(document.kind())
                        && apiVersion(kind).equals(document.apiVersion()))
                .findFirst();
    }

    private Optional<KindInfo> kindOf(Document document, Set<String> defined, List<Problem> problems)
            throws InterruptedException {
        var kinds = client.kinds();
        var exact = exactly(document);
        if (exact.isPresent()) return exact;
        if (defined.contains(document.kind())) {
            problems.add(new Problem(
                    document.source(),
                    document.lineOf("kind"),
                    "the kind " + document.kind()
                            + " is defined by this manifest, and there are no objects of a kind in the transaction that defines"
                            + " it: apply the CustomResourceDefinition first, or all of it with --piecewise"));
            return Optional.empty();
        }
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

    /** Sends one object, and lets a refusal through as it came. */
    private ApplyResponse sendRaw(Document document, boolean dryRun) throws InterruptedException {
        var request = ApplyRequest.newBuilder()
                .setNamespace(client.namespace())
                .setObject(object(document))
                .setEncoding(Encoding.ENCODING_JSON)
                .setOptions(options(dryRun))
                .build();
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
            case INVALID_ARGUMENT,
                    NOT_FOUND,
                    FAILED_PRECONDITION,
                    ALREADY_EXISTS,
                    OUT_OF_RANGE,
                    RESOURCE_EXHAUSTED,
                    PERMISSION_DENIED,
                    ABORTED -> true;
            default -> false;
        };
    }

    private static Object object(Document document) {
        return Object.newBuilder()
                .setJson(ByteString.copyFrom(Render.bytes(document.object())))
                .build();
    }

    private WriteOptions options(boolean dryRun) {
        return WriteOptions.newBuilder()
                .setDryRun(dryRun)
                .setFieldManager("keelson")
                .setFieldValidation(validation)
                .build();
    }

    /** A server's refusal as problems of the document, each at its line. */
    static List<Problem> problems(Document document, List<Failures.Cause> causes, String message) {
        var problems = new ArrayList<Problem>();
        for (var cause : causes) {
            var text = cause.field().isEmpty() || cause.message().contains(cause.field())
                    ? cause.message()
                    : cause.field() + ": " + cause.message();
            problems.add(
                    new Problem(document.source(), document.lineOf(cause.field()), document.title() + ": " + text));
        }
        if (!problems.isEmpty()) return problems;
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
