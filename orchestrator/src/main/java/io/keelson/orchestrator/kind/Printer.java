package io.keelson.orchestrator.kind;

import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How objects of a kind become rows.
 *
 * @param columns of the table
 * @param cells fills a row, a cell for each column
 * @param remarks puts into the row of an object what it says besides its cells
 */
public record Printer(List<Column> columns, Cells cells, BiConsumer<ObjectNode, ObjectNode> remarks) {

    /** One whose rows say nothing besides. */
    public Printer(List<Column> columns, Cells cells) {
        this(columns, cells, (_, _) -> {});
    }

    /**
     * A column.
     *
     * @param name its header; clients write it in capitals
     * @param type string or integer
     * @param format {@code name} for the column with the object's name, else empty
     * @param priority 0 for columns that are always shown, 1 for those of {@code -o wide}
     */
    public record Column(String name, String type, String format, int priority) {

        /** The name of the object. */
        public static final Column NAME = new Column("Name", "string", "name", 0);
        /** How long ago it was created. */
        public static final Column AGE = text("Age");

        /** A text that is always shown. */
        public static Column text(String name) {
            return new Column(name, "string", "", 0);
        }

        /** A whole number that is always shown. */
        public static Column number(String name) {
            return new Column(name, "integer", "", 0);
        }

        /** A text that is shown on wish. */
        public static Column wide(String name) {
            return new Column(name, "string", "", 1);
        }
    }

    /** Fills the row of an object; {@code now} is what ages are counted to. */
    @FunctionalInterface
    public interface Cells {
        /** Adds a cell for each column. */
        void print(ObjectNode object, Instant now, ArrayNode cells);
    }
}
