package io.keelson.cli;

import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Terminal.Colour;
import io.keelson.proto.v1.ExplainRequest;
import io.keelson.proto.v1.ExplainResponse;
import io.keelson.proto.v1.WhyGrpc;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code keelson why}: the one reason that an object is not as wished, and what would change it. */
final class WhyCommand implements Command {

    /** For scripts: it is not as wished. */
    private static final int NOT_AS_WISHED = 1;

    @Override
    public CommandSpec spec() {
        var spec = Options.command(
                "why",
                "TYPE/NAME",
                "Says the one reason that an object is not as wished, and what would change it.",
                "Ends with 1 if it is not as wished.",
                "");
        spec.addPositional(Options.rest("WHAT", "For example deployment/hello."));
        return Client.options(spec);
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws InterruptedException {
        var target = HistoryCommand.one(Options.words(parsed), "why");
        try (var client = Client.connect(parsed, terminal)) {
            var request = ExplainRequest.newBuilder().setRef(client.ref(target)).build();
            var answer = client.servers()
                    .on(channel -> client.explained(
                            target.type(),
                            () -> WhyGrpc.newBlockingStub(channel).explain(request)));
            print(answer, terminal);
            return answer.getState() == ExplainResponse.State.AS_WISHED ? 0 : NOT_AS_WISHED;
        }
    }

    private static void print(ExplainResponse answer, Terminal terminal) {
        var colour = switch (answer.getState()) {
            case AS_WISHED -> Colour.GOOD;
            case UNDER_WAY -> Colour.WARN;
            case STUCK, UNRECOGNIZED -> Colour.BAD;
        };
        var out = terminal.out();
        out.println(terminal.paint(colour, answer.getReason()));
        if (!answer.getRemedy().isEmpty()) out.println(answer.getRemedy());
        if (answer.getChainCount() > 1) out.println();
        var indent = new StringBuilder();
        for (var link : answer.getChainList()) {
            if (answer.getChainCount() < 2) break;
            var title = link.getRef().getKind().getKind().toLowerCase(Locale.ROOT) + "/"
                    + link.getRef().getName();
            out.println(indent + (indent.isEmpty() ? "" : "└ ") + title + "  "
                    + terminal.paint(Colour.FAINT, link.getSays()));
            indent.append("  ");
        }
    }
}
