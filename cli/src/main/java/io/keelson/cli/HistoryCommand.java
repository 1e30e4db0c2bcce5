package io.keelson.cli;

import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Terminal.Colour;
import io.keelson.cli.print.Trouble;
import io.keelson.proto.v1.ChangesRequest;
import io.keelson.proto.v1.HistoryGrpc;
import io.keelson.proto.v1.ObjectChange;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code keelson history}: every change of an object that the store still has. */
final class HistoryCommand implements Command {

    @Override
    public CommandSpec spec() {
        var spec = Options.command(
                "history",
                "TYPE/NAME",
                "Shows every change of an object that the store still has, and what differed; also of one that is gone.",
                "");
        spec.addOption(Options.flag("--wishes", "Leave out changes of status alone."))
                .addPositional(Options.rest("WHAT", "For example deployment/hello."));
        return Client.options(spec);
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws InterruptedException {
        var target = one(Options.words(parsed), "history");
        try (var client = Client.connect(parsed, terminal)) {
            var request = ChangesRequest.newBuilder().setRef(client.ref(target)).build();
            var answer = client.servers()
                    .on(channel -> client.explained(
                            target.type(),
                            () -> HistoryGrpc.newBlockingStub(channel).changes(request)));
            for (var change : answer.getChangesList()) {
                boolean onlyStatus = change.getType() == ObjectChange.Type.CHANGED
                        && change.getChangesList().stream()
                                .allMatch(field -> field.getPath().startsWith("status"));
                if (onlyStatus && Options.flag(parsed, "--wishes")) continue;
                terminal.out().println(headline(change, terminal));
                Changes.print(change.getChangesList(), terminal, "    ");
            }
            terminal.out()
                    .println(terminal.paint(
                            Colour.FAINT,
                            "revision " + answer.getRevision() + " now; the oldest that can be asked for is "
                                    + answer.getOldestRevision()));
        }
        return 0;
    }

    private static String headline(ObjectChange change, Terminal terminal) {
        var word = switch (change.getType()) {
            case CREATED -> "created";
            case CHANGED -> change.getChangesList().isEmpty() ? "written, nothing differs" : "changed";
            case DELETED -> "deleted";
            case OLDEST_KNOWN -> "the oldest state that is known";
            case UNRECOGNIZED -> "?";
        };
        return terminal.paint(Colour.STRONG, "revision " + change.getRevision()) + "  " + word
                + (change.getManager().isEmpty() ? "" : " by " + change.getManager())
                + (change.getTime().isEmpty() ? "" : "  " + change.getTime());
    }

    /** The one object that a command is about. */
    static Client.Target one(List<String> words, String command) {
        if (words.isEmpty())
            throw Trouble.usage(command + " of what? For example: keelson " + command + " deployment/hello");
        var targets = Client.Target.all(words);
        if (targets.size() > 1) throw Trouble.usage("one object at a time");
        return targets.getFirst();
    }
}
