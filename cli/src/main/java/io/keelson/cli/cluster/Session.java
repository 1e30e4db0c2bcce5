package io.keelson.cli.cluster;

import io.keelson.cli.print.Trouble;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Processes that are started into one session. Linux shares processors among sessions first and heeds what a thread is worth (nice) only within
 * one (sched(7), autogroups): of servers with a session each, the compilers' threads of one take what the clients of another wait for.
 */
final class Session {

    private final Map<Daemon, List<String>> commands = new LinkedHashMap<>();

    /** One more process, with what to run. */
    void add(Daemon daemon, List<String> command) {
        commands.put(daemon, List.copyOf(command));
    }

    /** Starts them all, detached from this process and its terminal. */
    void start(Map<String, String> environment) throws IOException, InterruptedException {
        if (commands.isEmpty()) return;
        if (Machine.isLinux()) together(environment);
        else for (var each : commands.entrySet()) each.getKey().start(each.getValue(), environment);
    }

    private void together(Map<String, String> environment) throws IOException, InterruptedException {
        for (var daemon : commands.keySet()) daemon.prepare();
        var started = Shell.run(environment, "", "setsid", "sh", "-c", script());
        var pids = started.output().lines().toList();
        if (!started.ok() || pids.size() != commands.size())
            throw Trouble.of("processes cannot be started: " + started.output().strip());
        var next = pids.iterator();
        for (var daemon : commands.keySet()) {
            var pid = next.next();
            // One that has ended again already is found missing by whoever waits for it, with its log.
            var process = ProcessHandle.of(Long.parseLong(pid));
            if (process.isPresent()) daemon.remember(process.get());
        }
    }

    /**
     * Prints the number of each. A shell's background processes ignore SIGINT and SIGQUIT, which is undone where {@code env} can do that; each has
     * a shell of its own as its parent, which ends at once, so that none is left as a zombie.
     */
    private String script() {
        var lines = new ArrayList<String>();
        lines.add("unset " + String.join(" ", Daemon.OF_THE_USER));
        lines.add("heed=--default-signal=INT,QUIT; env $heed true 2> /dev/null || heed=");
        commands.forEach((daemon, command) ->
                lines.add("(cd " + quoted(daemon.directory().toString()) + " && { exec env $heed "
                        + command.stream().map(Session::quoted).collect(Collectors.joining(" ")) + " >> "
                        + quoted(daemon.log().toString()) + " 2>&1 < /dev/null & echo $!; })"));
        return String.join("\n", lines);
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
