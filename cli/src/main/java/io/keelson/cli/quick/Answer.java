package io.keelson.cli.quick;

import io.keelson.cli.print.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a server said, of the one form or the other. */
final class Answer {

    private static final int ITEMS = 1;
    private static final int TABLE = 4;

    private Answer() {}

    /** The table in a ListResponse, or in an ObjectResponse. */
    static Table table(byte[] response, boolean ofList) throws StepAside {
        Messages.Reader fields = new Messages.Reader(response, 0, response.length);
        while (fields.next()) if (fields.field() == (ofList ? TABLE : ITEMS)) return table(fields.object());
        throw new StepAside("an answer without a table");
    }

    /** TYPE/NAME of each object in a ListResponse or an ObjectResponse: both keep objects in their first field. */
    static List<String> names(byte[] response) throws StepAside {
        List<String> names = new ArrayList<>();
        Messages.Reader fields = new Messages.Reader(response, 0, response.length);
        while (fields.next()) if (fields.field() == ITEMS) names.add(name(fields.object()));
        return names;
    }

    private static Table table(JsonReader json) throws StepAside {
        List<Table.Column> columns = new ArrayList<>();
        List<Table.Row> rows = new ArrayList<>();
        json.open('{');
        while (json.more('}')) {
            switch (json.name()) {
                case "columnDefinitions" -> {
                    json.open('[');
                    while (json.more(']')) columns.add(column(json));
                }
                case "rows" -> {
                    json.open('[');
                    while (json.more(']')) rows.add(row(json));
                }
                default -> json.skip();
            }
        }
        return new Table(columns, rows);
    }

    private static Table.Column column(JsonReader json) throws StepAside {
        String name = "";
        int priority = 0;
        json.open('{');
        while (json.more('}')) {
            switch (json.name()) {
                case "name" -> name = json.string();
                case "priority" -> priority = (int) Long.parseLong(json.integer());
                default -> json.skip();
            }
        }
        return new Table.Column(name, priority);
    }

    private static Table.Row row(JsonReader json) throws StepAside {
        List<String> cells = new ArrayList<>();
        String namespace = "";
        json.open('{');
        while (json.more('}')) {
            switch (json.name()) {
                case "cells" -> {
                    json.open('[');
                    while (json.more(']')) cells.add(json.scalar(Table.NOTHING));
                }
                case "object" -> namespace = ofMetadata(json, "namespace");
                default -> json.skip();
            }
        }
        return new Table.Row(namespace, cells);
    }

    /** A text in the metadata of the object that follows. */
    private static String ofMetadata(JsonReader json, String field) throws StepAside {
        String text = "";
        json.open('{');
        while (json.more('}')) {
            if (json.name().equals("metadata")) text = field(json, field);
            else json.skip();
        }
        return text;
    }

    private static String field(JsonReader json, String field) throws StepAside {
        String text = "";
        json.open('{');
        while (json.more('}')) {
            if (json.name().equals(field)) text = json.string();
            else json.skip();
        }
        return text;
    }

    private static String name(JsonReader json) throws StepAside {
        String group = "";
        String kind = "";
        String name = "";
        json.open('{');
        while (json.more('}')) {
            switch (json.name()) {
                case "apiVersion" -> group = json.string();
                case "kind" -> kind = json.string();
                case "metadata" -> name = field(json, "name");
                default -> json.skip();
            }
        }
        int slash = group.indexOf('/');
        return kind.toLowerCase(Locale.ROOT) + (slash < 0 ? "" : "." + group.substring(0, slash)) + "/" + name;
    }
}
