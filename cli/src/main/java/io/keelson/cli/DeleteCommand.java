package io.keelson.cli;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import io.keelson.proto.v1.DeleteRequest;
import io.keelson.proto.v1.DeleteResponse;
import io.keelson.proto.v1.Encoding;
import io.keelson.proto.v1.GetRequest;
import io.keelson.proto.v1.KindRef;
import io.keelson.proto.v1.ObjectRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code keelson delete}: asks for objects to end, and waits until they have. */
final class DeleteCommand implements Command {

    private static final Duration WAIT_DEFAULT = Duration.ofMinutes(2);
    private static final int POLL_MILLIS = 200;

    /** One object to delete, and its title for messages. */
    private record Doomed(KindRef kind, String namespace, String name, String title) {
        ObjectRef ref() {
            return ObjectRef.newBuilder()
                    .setKind(kind)
                    .setNamespace(namespace)
                    .setName(name)
                    .build();
        }
    }

    @Override
    public CommandSpec spec() {
        var spec = Options.command(
                "delete",
                "TYPE/NAME... | TYPE NAME... | TYPE -l LABELS | -f FILE",
                "Deletes objects and waits until they are gone.",
                "");
        spec.addOption(Options.texts("-f --filename", "FILE", "Delete what this manifest describes."))
                .addOption(Options.flag("-R --recursive", "Look into the folders below a folder, too."))
                .addOption(Options.text("-l --selector", "LABELS", "Delete the objects with these labels."))
                .addOption(Options.flag("--all", "Delete all objects of the type in the namespace."))
                .addOption(Options.number("--grace-period", "SECONDS", "Time for containers to end by themselves."))
                .addOption(Options.flag("--now", "Like --grace-period=1."))
                .addOption(Options.text(
                        "--cascade", "background|foreground|orphan", "What becomes of what the objects own."))
                .addOption(Options.flag("--ignore-not-found", "What is not there counts as deleted."))
                .addOption(Options.text("--wait", "true|false", "Wait until they are gone; default: true."))
                .addOption(Options.number("--timeout", "SECONDS", "How long to wait; default: 120."))
                .addPositional(Options.rest("WHAT", "Types and names."));
        return Client.options(spec);
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws InterruptedException {
        try (var client = Client.connect(parsed, terminal)) {
            var doomed = doomed(parsed, terminal, client);
            if (doomed.isEmpty()) {
                terminal.err().println("No resources found.");
                return 0;
            }
            var waiting = new ArrayList<Waiting>();
            int missing = 0;
            for (var each : doomed) {
                var answer = delete(client, each, parsed);
                if (answer.isEmpty()) {
                    if (Options.flag(parsed, "--ignore-not-found")) continue;
                    terminal.err().println("error: " + each.title() + " is not there");
                    missing++;
                    continue;
                }
                terminal.out().println(each.title() + " deleted");
                terminal.out().flush();
                if (!answer.get().getGone()) waiting.add(new Waiting(each, uid(answer.get())));
            }
            if (!"false".equals(Options.text(parsed, "--wait").orElse("true"))) {
                await(
                        client,
                        waiting,
                        Duration.ofSeconds(Options.number(parsed, "--timeout").orElse(WAIT_DEFAULT.toSeconds())));
            }
            return missing == 0 ? 0 : Trouble.FAILED;
        }
    }

    private record Waiting(Doomed doomed, String uid) {}

    private static String uid(DeleteResponse answer) {
        return answer.hasObject() && !answer.getObject().getJson().isEmpty()
                ? Client.tree(answer.getObject()).path("metadata").path("uid").asString("")
                : "";
    }

    private static List<Doomed> doomed(ParseResult parsed, Terminal terminal, Client client)
            throws InterruptedException {
        var files = Options.texts(parsed, "--filename");
        var words = Options.words(parsed);
        var found = new ArrayList<Doomed>();
        if (!files.isEmpty()) {
            if (!words.isEmpty()) throw Trouble.usage("either -f FILE or TYPE/NAME, not both");
            // In reverse: what came first is leaned on by what came later.
            for (var document : Sources.read(files, Options.flag(parsed, "--recursive"), terminal)
                    .reversed()) {
                var namespace = document.namespace().isEmpty() ? client.namespace() : document.namespace();
                var kind = client.kinds().stream()
                        .filter(known -> known.getKind().equals(document.kind()))
                        .findFirst();
                if (kind.isEmpty())
                    throw Trouble.of(document.at("kind") + ": unknown kind \"" + document.kind() + "\"");
                found.add(new Doomed(
                        Client.kind(document.apiVersion(), document.kind()),
                        kind.get().getNamespaced() ? namespace : "",
                        document.name(),
                        Client.prefix(kind.get()) + "/" + document.name()));
            }
            return found;
        }
        boolean many = Options.flag(parsed, "--all")
                || Options.text(parsed, "--selector").isPresent();
        if (words.size() == 1 && many) {
            var type = words.getFirst();
            var kind = kind(client, type);
            for (var object : client.list(
                    type, client.namespace(), Options.text(parsed, "--selector").orElse(""), "")) {
                var name = object.path("metadata").path("name").asString("");
                found.add(new Doomed(
                        Client.kind(type),
                        object.path("metadata").path("namespace").asString(""),
                        name,
                        kind + "/" + name));
            }
            return found;
        }
        if (words.size() == 1 && !words.getFirst().contains("/")) {
            throw Trouble.usage("delete which " + words.getFirst() + "? Give names, -l LABELS, or --all");
        }
        for (var target : Client.Target.all(words)) {
            found.add(new Doomed(
                    Client.kind(target.type()),
                    client.namespace(),
                    target.name(),
                    kind(client, target.type()) + "/" + target.name()));
        }
        return found;
    }

    private static String kind(Client client, String type) throws InterruptedException {
        return client.kindNamed(type).map(Client::prefix).orElse(type);
    }

    private static Optional<DeleteResponse> delete(Client client, Doomed each, ParseResult parsed)
            throws InterruptedException {
        var request = DeleteRequest.newBuilder().setRef(each.ref());
        if (Options.flag(parsed, "--now")) request.setGracePeriodSeconds(1);
        Options.number(parsed, "--grace-period").ifPresent(request::setGracePeriodSeconds);
        Options.text(parsed, "--cascade")
                .ifPresent(policy -> request.setPropagationPolicy(
                        switch (policy) {
                            case "background" -> "Background";
                            case "foreground" -> "Foreground";
                            case "orphan" -> "Orphan";
                            default -> throw Trouble.usage("--cascade is background, foreground or orphan");
                        }));
        return client.servers().ask(stub -> {
            try {
                return Optional.of(client.explained(each.kind().getResource(), () -> stub.delete(request.build())));
            } catch (StatusRuntimeException failure) {
                if (failure.getStatus().getCode() == Status.Code.NOT_FOUND) return Optional.empty();
                throw failure;
            }
        });
    }

    private static void await(Client client, List<Waiting> waiting, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        for (var each : waiting) {
            while (isThere(client, each)) {
                if (System.nanoTime() > deadline) {
                    throw Trouble.of(
                            each.doomed().title() + " is still there after " + patience.toSeconds()
                                    + " s; it will go when its containers have ended",
                            "See what it waits for:  keelson describe "
                                    + each.doomed().title(),
                            "A node that is down cannot end its pods; --grace-period=0 removes a pod without asking its node.");
                }
                Thread.sleep(POLL_MILLIS);
            }
        }
    }

    private static boolean isThere(Client client, Waiting each) throws InterruptedException {
        var request = GetRequest.newBuilder()
                .setRef(each.doomed().ref())
                .setEncoding(Encoding.ENCODING_JSON)
                .build();
        return client.servers().ask(stub -> {
            try {
                var now = Client.tree(stub.get(request).getObject())
                        .path("metadata")
                        .path("uid")
                        .asString("");
                return each.uid().isEmpty() || now.equals(each.uid());
            } catch (StatusRuntimeException failure) {
                if (failure.getStatus().getCode() == Status.Code.NOT_FOUND) return false;
                throw failure;
            }
        });
    }
}
