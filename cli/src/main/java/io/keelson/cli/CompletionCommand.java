package io.keelson.cli;

import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code keelson completion bash}: a script that completes commands, options, types and names. */
final class CompletionCommand implements Command {

    private static final String TYPES =
            "configmaps deployments endpoints endpointslices events leases namespaces nodes pods replicasets secrets services serviceaccounts";

    @Override
    public CommandSpec spec() {
        return Options.command(
                        "completion",
                        "bash",
                        "Prints a script for the shell. Use it with:",
                        "  source <(keelson completion bash)",
                        "")
                .addPositional(Options.rest("SHELL", "bash"));
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) {
        var shell = Options.words(parsed).isEmpty() ? "" : Options.words(parsed).getFirst();
        if (!shell.equals("bash"))
            throw Trouble.usage(
                    shell.isEmpty()
                            ? "completion for which shell? There is: bash"
                            : "completion for " + shell + " is not built yet; there is: bash");
        terminal.out().print(bash());
        return 0;
    }

    private static String bash() {
        var cases = Commands.NAMES.stream()
                .map(name -> "        " + name + ") options='" + options(name) + "' ;;")
                .collect(Collectors.joining("\n"));
        return """
                # bash completion for keelson
                _keelson() {
                    local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} options='' type=''
                    if [ "$COMP_CWORD" -eq 1 ]; then
                        COMPREPLY=($(compgen -W '%s' -- "$word"))
                        return
                    fi
                    case $command in
                %s
                    esac
                    if [[ $word == -* ]]; then
                        COMPREPLY=($(compgen -W "$options" -- "$word"))
                        return
                    fi
                    case $command in
                        get | describe | delete | scale | logs | exec | attach | port-forward | rollout)
                            local names
                            if [ "$command" = rollout ] && [ "$COMP_CWORD" -eq 2 ]; then
                                COMPREPLY=($(compgen -W 'status history restart' -- "$word"))
                            elif [[ $command =~ ^(logs|exec|attach|port-forward)$ && $word != */* ]]; then
                                names=$("${COMP_WORDS[0]}" get pods -o name 2> /dev/null)
                                COMPREPLY=($(compgen -W "${names//pod\\//}" -- "$word"))
                            elif [[ $word == */* ]]; then
                                type=${word%%%%/*}
                                names=$("${COMP_WORDS[0]}" get "$type" -o name 2> /dev/null | sed "s|^[^/]*/|$type/|")
                                COMPREPLY=($(compgen -W "$names" -- "$word"))
                            elif [ "$COMP_CWORD" -gt 2 ] && [[ ${COMP_WORDS[2]} != -* ]]; then
                                names=$("${COMP_WORDS[0]}" get "${COMP_WORDS[2]}" -o name 2> /dev/null | sed 's|^[^/]*/||')
                                COMPREPLY=($(compgen -W "$names" -- "$word"))
                            else
                                COMPREPLY=($(compgen -W '%s' -- "$word"))
                            fi
                            ;;
                        *) COMPREPLY=($(compgen -f -- "$word")) ;;
                    esac
                }
                complete -o bashdefault -F _keelson keelson
                """.formatted(String.join(" ", Commands.NAMES), cases, TYPES);
    }

    private static String options(String name) {
        List<OptionSpec> options = Commands.named(name).orElseThrow().spec().options();
        return options.stream()
                .map(OptionSpec::names)
                .flatMap(Arrays::stream)
                .filter(option -> option.startsWith("--"))
                .collect(Collectors.joining(" "));
    }
}
