package io.keelson.cli.print;

import io.keelson.cli.print.Terminal.Colour;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A meta.k8s.io/v1 Table as rows of text. */
public final class TableText {

    private final boolean wide;
    private final boolean withNamespace;
    private final Terminal terminal;

    /**
     * How tables should look.
     *
     * @param wide with the columns of lower priority
     * @param withNamespace begin each row with the object's namespace
     */
    public TableText(boolean wide, boolean withNamespace, Terminal terminal) {
        this.wide = wide;
        this.withNamespace = withNamespace;
        this.terminal = terminal;
    }

    /** The names of the columns. */
    public List<String> header(Table table) {
        var header = new ArrayList<String>();
        if (withNamespace) header.add("NAMESPACE");
        for (var column : table.columns()) {
            if (shown(column)) header.add(column.name().toUpperCase(Locale.ROOT));
        }
        return header;
    }

    /** The rows; {@code prefix} and a slash before each name if given. */
    public List<List<String>> rows(Table table, Optional<String> prefix) {
        var rows = new ArrayList<List<String>>();
        for (var row : table.rows()) {
            var cells = new ArrayList<String>();
            if (withNamespace) cells.add(row.namespace());
            int i = 0;
            for (var column : table.columns()) {
                if (shown(column)) {
                    var cell = row.cell(i).replace('\n', ' ');
                    var text = i == 0 && prefix.isPresent() ? prefix.get() + "/" + cell : cell;
                    cells.add(painted(column.name(), text));
                }
                i++;
            }
            rows.add(cells);
        }
        return rows;
    }

    private boolean shown(Table.Column column) {
        return wide || column.priority() == 0;
    }

    private String painted(String column, String text) {
        if (!terminal.interactive()) return text;
        return switch (column.toLowerCase(Locale.ROOT)) {
            case "status" ->
                colour(text).map(colour -> terminal.paint(colour, text)).orElse(text);
            case "ready" -> {
                int slash = text.indexOf('/');
                boolean all = slash > 0 && text.substring(0, slash).equals(text.substring(slash + 1));
                yield slash < 0 || all ? text : terminal.paint(Colour.WARN, text);
            }
            default -> text;
        };
    }

    private static Optional<Colour> colour(String status) {
        return switch (status) {
            case "Running", "Ready", "Active", "Succeeded", "Completed" -> Optional.of(Colour.GOOD);
            case "Pending", "ContainerCreating", "PodInitializing", "Terminating", "Unknown" ->
                Optional.of(Colour.WARN);
            default -> {
                boolean bad = status.contains("Error")
                        || status.contains("BackOff")
                        || status.contains("NotReady")
                        || status.equals("Failed")
                        || status.equals("OOMKilled")
                        || status.startsWith("ErrImage")
                        || status.equals("Evicted");
                yield bad ? Optional.of(Colour.BAD) : Optional.empty();
            }
        };
    }
}
