package io.keelson.orchestrator.kind;

import java.time.Instant;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How objects of a kind become rows.
 *
 * @param columns of the table
 * @param cells fills a row, a cell for each column
 */
record Printer(List<Column> columns, Cells cells) {

    /**
     * A column.
     *
     * @param name its header; clients write it in capitals
     * @param type string or integer
     * @param format {@code name} for the column with the object's name, else empty
     * @param priority 0 for columns that are always shown, 1 for those of {@code -o wide}
     */
    record Column(String name, String type, String format, int priority) {

        static final Column NAME = new Column("Name", "string", "name", 0);
        static final Column AGE = text("Age");

        static Column text(String name) {
            return new Column(name, "string", "", 0);
        }

        static Column number(String name) {
            return new Column(name, "integer", "", 0);
        }

        static Column wide(String name) {
            return new Column(name, "string", "", 1);
        }
    }

    /** Fills the row of an object; {@code now} is what ages are counted to. */
    @FunctionalInterface
    interface Cells {
        void print(ObjectNode object, Instant now, ArrayNode cells);
    }
}
