package io.keelson.cli;

import io.keelson.cli.print.Nearest;
import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Terminal.Colour;
import io.keelson.cli.print.Trouble;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Finds the command, lets it run, and prints what went wrong. */
final class Cli {

    private static final int MAX_WORDS = 3;

    private Cli() {}

    static int run(String[] args, Terminal terminal) {
        try {
            return dispatch(args, terminal);
        } catch (Trouble trouble) {
            print(trouble, terminal);
            return trouble.exitCode();
        } catch (InterruptedException interrupted) {
            return 130;
        } finally {
            terminal.out().flush();
            terminal.err().flush();
        }
    }

    private static int dispatch(String[] args, Terminal terminal) throws InterruptedException {
        if (args.length == 0 || List.of("help", "-h", "--help").contains(args[0])) {
            if (args.length > 1) return dispatch(new String[] {args[1], "--help"}, terminal);
            terminal.out().print(Commands.overview());
            return args.length == 0 ? Trouble.USAGE : 0;
        }
        int words = words(args);
        var name = args[0].equals("--version") ? "version" : String.join(" ", Arrays.copyOf(args, words));
        var command = Commands.named(name).orElseThrow(() -> unknownCommand(name));
        if (command instanceof OwnWords own) return own.run(List.of(args).subList(1, args.length), terminal);
        var line = new CommandLine(command.spec());
        line.setOverwrittenOptionsAllowed(true);
        // A word that begins with @ is a word, for instance of a command in a container.
        line.setExpandAtFiles(false);
        var rest = Arrays.copyOfRange(args, words, args.length);
        try {
            var parsed = line.parseArgs(rest);
            if (parsed.isUsageHelpRequested()) {
                line.usage(terminal.out());
                return 0;
            }
            return command.run(parsed, terminal);
        } catch (ParameterException wrong) {
            throw misuse(name, line, wrong);
        }
    }

    /** A command's name has one word, or as many as are known to go together: {@code store snapshot save}. */
    private static int words(String[] args) {
        int words = Math.min(args.length, MAX_WORDS);
        while (words > 1
                && Commands.named(String.join(" ", Arrays.copyOf(args, words))).isEmpty()) words--;
        return words;
    }

    private static Trouble unknownCommand(String name) {
        if (Commands.OF_KUBECTL.contains(name)) {
            return Trouble.usage(
                    "keelson has no command \"" + name + "\", but kubectl has, and works with this cluster",
                    "kubectl --kubeconfig ~/.keelson/kubeconfig " + name + " ...");
        }
        var near = Nearest.to(name, Commands.NAMES).map(known -> "Did you mean \"keelson " + known + "\"?");
        return Trouble.usage(
                "there is no command \"" + name + "\"",
                near.orElse("These are there: " + String.join(", ", Commands.NAMES)));
    }

    private static Trouble misuse(String name, CommandLine line, ParameterException wrong) {
        var help = "\"keelson " + name + " --help\" lists the options.";
        if (wrong instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            var word = unmatched.getUnmatched().getFirst();
            if (!word.startsWith("-")) return Trouble.usage("\"" + word + "\" is one argument too many", help);
            var option = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
            var known = line.getCommandSpec().options().stream()
                    .map(OptionSpec::names)
                    .flatMap(Arrays::stream)
                    .collect(Collectors.toList());
            Optional<String> near = option.startsWith("--") ? Nearest.to(option, known) : Optional.empty();
            return Trouble.usage(
                    "\"keelson " + name + "\" has no option " + option,
                    near.map(found -> "Did you mean " + found + "?").orElse(help));
        }
        var message = String.valueOf(wrong.getMessage());
        return Trouble.usage(message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1), help);
    }

    private static void print(Trouble trouble, Terminal terminal) {
        terminal.out().flush();
        terminal.err().println(terminal.paint(Colour.BAD, "error:") + " " + trouble.getMessage());
        for (var line : trouble.wayOut()) terminal.err().println("  " + line);
        if (trouble.getCause() != null && terminal.variable("KEELSON_DEBUG").isPresent()) {
            trouble.getCause().printStackTrace(terminal.err());
        }
    }
}
