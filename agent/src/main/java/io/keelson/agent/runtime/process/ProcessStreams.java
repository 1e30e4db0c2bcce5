package io.keelson.agent.runtime.process;

import io.keelson.agent.libc.PseudoTerminal;
import io.keelson.agent.runtime.ContainerStreams;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A command beside a container's program: a process of its own, with pipes or a terminal. */
final class ProcessStreams implements ContainerStreams {
    /** Opens the terminal as a session without one, which makes it the session's, and becomes the command. */
    private static final List<String> IN_TERMINAL = List.of("/bin/sh", "-c", "exec <\"$0\" >\"$0\" 2>&1; exec \"$@\"");

    private final Process process;
    private final Optional<PseudoTerminal> terminal;

    private ProcessStreams(Process process, Optional<PseudoTerminal> terminal) {
        this.process = process;
        this.terminal = terminal;
    }

    /**
     * Starts it.
     *
     * @param builder with the command's words, its directory and its environment
     * @param setsid the program that begins a session; needed for a terminal
     */
    static ProcessStreams start(ProcessBuilder builder, Wanted wanted, List<String> setsid) throws IOException {
        if (!wanted.terminal()) {
            Process process = builder.redirectInput(
                            wanted.stdin() ? Redirect.PIPE : Redirect.from(new File("/dev/null")))
                    .redirectOutput(wanted.stdout() ? Redirect.PIPE : Redirect.DISCARD)
                    .redirectError(wanted.stderr() ? Redirect.PIPE : Redirect.DISCARD)
                    .start();
            return new ProcessStreams(process, Optional.empty());
        }
        if (setsid.isEmpty()) {
            throw new IOException("a terminal needs the program setsid, which is not on this machine");
        }
        PseudoTerminal terminal = PseudoTerminal.open();
        try {
            List<String> command = new ArrayList<>(setsid);
            command.addAll(IN_TERMINAL);
            command.add(terminal.path().toString());
            command.addAll(builder.command());
            builder.environment().putIfAbsent("TERM", "xterm");
            Process process = builder.command(command)
                    .redirectInput(Redirect.from(new File("/dev/null")))
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start();
            return new ProcessStreams(process, Optional.of(terminal));
        } catch (IOException e) {
            terminal.close();
            throw e;
        }
    }

    @Override
    public OutputStream stdin() {
        return terminal.map(PseudoTerminal::input).orElseGet(process::getOutputStream);
    }

    @Override
    public InputStream stdout() {
        return terminal.map(PseudoTerminal::output).orElseGet(process::getInputStream);
    }

    @Override
    public InputStream stderr() {
        return terminal.isPresent() ? InputStream.nullInputStream() : process.getErrorStream();
    }

    @Override
    public void resize(int columns, int rows) {
        terminal.ifPresent(screen -> screen.resize(columns, rows));
    }

    @Override
    public int exitCode() throws InterruptedException {
        return process.waitFor();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        terminal.ifPresent(PseudoTerminal::close);
    }
}
