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
                "All in one transaction: if one object is refused, nothing is applied.",
                "",
                "  keelson apply -f shop/ --set shop --prune    and delete what has left the folder",
                "");
        spec.addOption(Options.texts(
                        "-f --filename", "FILE", "YAML or JSON; a folder; - for standard input. May be given again."))
                .addOption(Options.flag("-R --recursive", "Look into the folders below a folder, too."))
                .addOption(Options.text("--dry-run", "none|server", "server: check everything, write nothing."))
                .addOption(Options.text(
                        "--validate", "strict|warn|ignore", "What to do with unknown fields; default: strict."))
                .addOption(Options.text(
                        "--set",
                        "NAME",
                        "Remember under this name in the namespace what the set holds; for --prune and undo."))
                .addOption(Options.flag("--prune", "Delete what the set held before and does not hold any more."))
                .addOption(Options.flag(
                        "--piecewise", "One object after the other, for sets that are too large for one transaction."))
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
        var manner = new Applying.Manner(
                dryRun.equals("server"), Options.text(parsed, "--set").orElse(""), Options.flag(parsed, "--prune"));
        if (manner.prune() && manner.set().isEmpty())
            throw Trouble.usage("--prune needs to know what the set held before: name it with --set NAME");
        boolean piecewise = Options.flag(parsed, "--piecewise");
        if (piecewise && !manner.set().isEmpty())
            throw Trouble.usage("--piecewise and --set do not go together: a set is one transaction");
        var documents = Sources.read(names, Options.flag(parsed, "--recursive"), terminal);
        try (var client = Client.connect(parsed, terminal)) {
            var applying = new Applying(client, terminal, validation);
            if (piecewise) applying.applyPiecewise(documents, manner.dryRun());
            else applying.apply(documents, manner);
        }
        return 0;
    }
}
