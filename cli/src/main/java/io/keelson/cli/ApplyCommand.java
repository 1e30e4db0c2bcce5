package io.keelson.cli;

import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import io.keelson.proto.v1.FieldValidation;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code keelson apply}: makes the cluster hold what manifests say. */
final class ApplyCommand implements Command {

    @Override
    public CommandSpec spec() {
        var spec = Options.command(
                "apply",
                "-f FILE|DIR|- ...",
                "Makes the cluster hold what manifests say: creates objects, or changes what differs.",
                "Every document is checked first; if one is wrong, nothing is applied.",
                "");
        spec.addOption(Options.texts(
                        "-f --filename", "FILE", "YAML or JSON; a folder; - for standard input. May be given again."))
                .addOption(Options.flag("-R --recursive", "Look into the folders below a folder, too."))
                .addOption(Options.text("--dry-run", "none|server", "server: check everything, write nothing."))
                .addOption(Options.text(
                        "--validate", "strict|warn|ignore", "What to do with unknown fields; default: strict."))
                .addPositional(Options.rest("", "").toBuilder().hidden(true).build());
        return Client.options(spec);
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws InterruptedException {
        var names = Options.texts(parsed, "--filename");
        if (names.isEmpty() || !Options.words(parsed).isEmpty()) {
            var guess = Options.words(parsed).isEmpty()
                    ? "hello.yaml"
                    : Options.words(parsed).getFirst();
            throw Trouble.usage("apply what? Name the manifest with -f", "For example:  keelson apply -f " + guess);
        }
        var dryRun = Options.text(parsed, "--dry-run").orElse("none");
        if (!dryRun.equals("none") && !dryRun.equals("server"))
            throw Trouble.usage("--dry-run is none or server, not \"" + dryRun + "\"");
        var validation = switch (Options.text(parsed, "--validate").orElse("strict")) {
            case "strict", "true" -> FieldValidation.FIELD_VALIDATION_STRICT;
            case "warn" -> FieldValidation.FIELD_VALIDATION_WARN;
            case "ignore", "false" -> FieldValidation.FIELD_VALIDATION_IGNORE;
            default -> throw Trouble.usage("--validate is strict, warn or ignore");
        };
        var documents = Sources.read(names, Options.flag(parsed, "--recursive"), terminal);
        try (var client = Client.connect(parsed, terminal)) {
            new Applying(client, terminal, validation).apply(documents, dryRun.equals("server"));
        }
        return 0;
    }
}
