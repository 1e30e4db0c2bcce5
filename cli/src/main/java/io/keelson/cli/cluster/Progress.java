package io.keelson.cli.cluster;

import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Terminal.Colour;

/** Tells what happens, a line for each step. On a terminal a line that waits is written over; elsewhere it is written when it changes. */
final class Progress {

    private static final int LABEL_WIDTH = 10;
    private static final String CLEAR_LINE = "\r\u001b[2K";

    private final Terminal terminal;
    private final long began = System.nanoTime();
    private String waiting = "";

    Progress(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Something is done, or is as it should be. */
    void done(String label, String text) {
        clear();
        terminal.out().println(line(terminal.paint(Colour.GOOD, pad(label)), text));
        terminal.out().flush();
    }

    /** Something that the user should know. */
    void note(String label, String text) {
        clear();
        terminal.out().println(line(terminal.paint(Colour.WARN, pad(label)), text));
        terminal.out().flush();
    }

    /** What is waited for now. */
    void waiting(String label, String text) {
        if (text.equals(waiting)) return;
        if (terminal.interactive()) {
            terminal.out().print(CLEAR_LINE + line(terminal.paint(Colour.FAINT, pad(label)), text + " ..."));
        } else {
            terminal.out().println(line(pad(label), text + " ..."));
        }
        waiting = text;
        terminal.out().flush();
    }

    /** Removes the line that waits. */
    void clear() {
        if (terminal.interactive() && !waiting.isEmpty()) terminal.out().print(CLEAR_LINE);
        waiting = "";
    }

    /** Seconds since the beginning, for people. */
    String elapsed() {
        return "%.1f s".formatted((System.nanoTime() - began) / 1e9);
    }

    private static String pad(String label) {
        return label + " ".repeat(Math.max(0, LABEL_WIDTH - label.length()));
    }

    private static String line(String label, String text) {
        return "  " + label + " " + text;
    }
}
