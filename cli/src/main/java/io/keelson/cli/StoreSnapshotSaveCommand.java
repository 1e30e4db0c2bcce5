package io.keelson.cli;

import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import io.keelson.store.Download;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code keelson store snapshot save}: a running member's data in one file, with the flags of {@code etcdctl snapshot save}. */
final class StoreSnapshotSaveCommand implements Command {

    @Override
    public CommandSpec spec() {
        return Options.command(
                        "store snapshot save",
                        "FILE [--endpoints URL --cacert FILE --cert FILE --key FILE --user NAME:PASSWORD]",
                        "Saves everything that a running member holds, of Keelson or etcd, to a file.",
                        "")
                .addPositional(Options.rest("FILE", "Written when it is whole and checked."))
                .addOption(Options.text("--endpoints", "URL", "One member; default: http://127.0.0.1:2379."))
                .addOption(Options.text("--cacert", "FILE", "Who signs the member's certificate, PEM."))
                .addOption(Options.text("--cert", "FILE", "Our certificate, PEM."))
                .addOption(Options.text("--key", "FILE", "Its key, PEM (PKCS#8)."))
                .addOption(Options.text("--user", "NAME:PASSWORD", "Who we are, if the store asks."));
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) {
        var words = Options.words(parsed);
        if (words.size() != 1) throw Trouble.usage("one FILE is needed");
        var target = Path.of(words.getFirst());
        var from = new Download.From(
                endpoint(Options.text(parsed, "--endpoints").orElse("http://127.0.0.1:2379")),
                Options.text(parsed, "--cacert").map(_ -> Serving.file(parsed, "--cacert")),
                Options.text(parsed, "--cert").map(_ -> Serving.file(parsed, "--cert")),
                Options.text(parsed, "--key").map(_ -> Serving.file(parsed, "--key")),
                Options.text(parsed, "--user"));
        if (from.certificate().isPresent() != from.key().isPresent())
            throw Trouble.usage("--cert and --key go together");
        try {
            long bytes = Download.save(from, target);
            terminal.out().println("saved " + StoreSnapshotStatusCommand.size(bytes) + " to " + target);
            return 0;
        } catch (IOException failed) {
            throw Trouble.because(failed, "nothing is saved: " + failed.getMessage());
        }
    }

    private static URI endpoint(String text) {
        if (text.contains(","))
            throw Trouble.usage("--endpoints: a snapshot comes from one member, and \"" + text + "\" names several");
        try {
            var url = URI.create(text.contains("://") ? text : "http://" + text);
            if (url.getHost() != null
                    && url.getPort() > 0
                    && (url.getScheme().equals("http") || url.getScheme().equals("https"))) return url;
        } catch (IllegalArgumentException wrong) {
            throw Trouble.usage("--endpoints: \"" + text + "\" is no URL such as http://127.0.0.1:2379");
        }
        throw Trouble.usage("--endpoints: \"" + text + "\" is no URL such as http://127.0.0.1:2379");
    }
}
