package io.keelson.cli.print;

import java.util.ArrayList;
import java.util.List;

/** What is shown of a meta.k8s.io/v1 Table, whoever has read it. */
public record Table(List<Column> columns, List<Row> rows) {

    /** How a cell without a value looks. */
    public static final String NOTHING = "<none>";

    /** With the rows of another table of the same columns after its own. */
    public Table and(Table more) {
        var all = new ArrayList<>(rows);
        all.addAll(more.rows);
        return new Table(columns, all);
    }

    /**
     * A column.
     *
     * @param priority 0 for those that are always shown
     */
    public record Column(String name, int priority) {}

    /**
     * The row of one object.
     *
     * @param namespace the object's; empty if it has none
     * @param cells a text for each column, as far as there are
     */
    public record Row(String namespace, List<String> cells) {

        /** The text in a column. */
        public String cell(int column) {
            return column < cells.size() ? cells.get(column) : NOTHING;
        }
    }
}
