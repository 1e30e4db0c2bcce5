package io.keelson.cli.print;

import java.util.ArrayList;
import java.util.List;

/** Lays out rows of cells in columns as wide as their widest cell, three blanks apart, without blanks at the end of a line. */
public final class Columns {

    private static final String GAP = "   ";

    private Columns() {}

    /** The lines of a table; a row may have fewer cells than others. */
    public static List<String> lines(List<List<String>> rows) {
        var widths = new ArrayList<Integer>();
        for (var row : rows) {
            for (int i = 0; i < row.size(); i++) {
                if (i == widths.size()) widths.add(0);
                widths.set(i, Math.max(widths.get(i), length(row.get(i))));
            }
        }
        var lines = new ArrayList<String>(rows.size());
        for (var row : rows) lines.add(line(row, widths));
        return lines;
    }

    /** One row in given widths; a cell that is wider than its column pushes the rest to the right. */
    public static String line(List<String> row, List<Integer> widths) {
        var line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            line.append(row.get(i));
            if (i == row.size() - 1) break;
            line.append(" ".repeat(Math.max(0, widths.get(i) - length(row.get(i)))))
                    .append(GAP);
        }
        return line.toString().stripTrailing();
    }

    /** Characters that are seen: colour codes have no width. */
    static int length(String cell) {
        if (cell.indexOf('\u001b') < 0) return cell.codePointCount(0, cell.length());
        var plain = cell.replaceAll("\u001b\\[[0-9;]*m", "");
        return plain.codePointCount(0, plain.length());
    }
}
