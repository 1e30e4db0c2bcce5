package io.keelson.cli;

import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Terminal.Colour;
import io.keelson.proto.v1.FieldChange;
import java.util.List;

/** Fields that differ, a line each: {@code +} came, {@code -} went, {@code ~} changed. */
final class Changes {

    /** A value that is longer is cut; -o json of two states shows all of it. */
    private static final int VALUE_MAX = 200;

    private Changes() {}

    static void print(List<FieldChange> changes, Terminal terminal, String indent) {
        changes.forEach(change -> terminal.out().println(indent + line(change, terminal)));
        terminal.out().flush();
    }

    private static String line(FieldChange change, Terminal terminal) {
        if (change.getBefore().isEmpty())
            return terminal.paint(Colour.GOOD, "+ " + change.getPath() + ": " + cut(change.getAfter()));
        if (change.getAfter().isEmpty())
            return terminal.paint(Colour.BAD, "- " + change.getPath() + ": " + cut(change.getBefore()));
        return terminal.paint(
                Colour.WARN,
                "~ " + change.getPath() + ": " + cut(change.getBefore()) + " -> " + cut(change.getAfter()));
    }

    private static String cut(String value) {
        return value.length() <= VALUE_MAX ? value : value.substring(0, VALUE_MAX) + "...";
    }
}
