package io.keelson.cli;

import io.keelson.cli.print.Columns;
import io.keelson.cli.print.Nearest;
import io.keelson.cli.print.Render;
import io.keelson.cli.print.Table;
import io.keelson.cli.print.TableText;
import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import io.keelson.proto.v1.Encoding;
import io.keelson.proto.v1.GetAtRequest;
import io.keelson.proto.v1.GetRequest;
import io.keelson.proto.v1.HistoryGrpc;
import io.keelson.proto.v1.KindInfo;
import io.keelson.proto.v1.ListAtRequest;
import io.keelson.proto.v1.ListRequest;
import io.keelson.proto.v1.ListResponse;
import io.keelson.proto.v1.Moment;
import io.keelson.proto.v1.ObjectRef;
import io.keelson.proto.v1.ResourcesGrpc;
import io.keelson.proto.v1.WatchEvent;
import io.keelson.proto.v1.WatchRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.node.ObjectNode;

/** {@code keelson get}: shows objects. Tables come from the server, which knows the columns of each kind. */
final class GetCommand implements Command {

    static final List<String> FORMATS = List.of("table", "wide", "json", "yaml", "name");

    @Override
    public CommandSpec spec() {
        var spec = Options.command(
                "get",
                "TYPE[,TYPE...] [NAME...] | TYPE/NAME...",
                "Shows objects, for example:",
                "  keelson get pods -A -o wide",
                "  keelson get deployment/hello -o yaml",
                "  keelson get pods -l app=hello -w",
                "");
        spec.addOption(Options.text("-o --output", "FORMAT", "table, wide, json, yaml or name."))
                .addOption(Options.flag("-A --all-namespaces", "In all namespaces."))
                .addOption(Options.text(
                        "-l --selector", "LABELS", "Only objects with these labels, e.g. app=hello,tier!=cache."))
                .addOption(Options.text(
                        "--field-selector", "FIELDS", "Only objects with these fields, e.g. status.phase=Running."))
                .addOption(Options.text("--at", Moments.LABEL, "As it was, e.g. at revision 4711 or 5m ago."))
                .addOption(Options.flag("-w --watch", "Go on and show every change."))
                .addOption(Options.flag("--no-headers", "Tables without the first line."))
                .addOption(Options.flag("--show-managed-fields", "json and yaml with metadata.managedFields."))
                .addPositional(Options.rest("WHAT", "Types and names."));
        return Client.options(spec);
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws InterruptedException {
        var words = Options.words(parsed);
        if (words.isEmpty())
            throw Trouble.usage(
                    "get what? For example: keelson get pods", "\"keelson get all\" shows the most usual types.");
        var format = Options.text(parsed, "--output").orElse("table").toLowerCase(Locale.ROOT);
        if (!FORMATS.contains(format)) {
            throw Trouble.usage(
                    "there is no output format \"" + format + "\"",
                    Nearest.to(format, FORMATS)
                            .map(near -> "Did you mean " + near + "?")
                            .orElse("There are: " + String.join(", ", FORMATS)));
        }
        try (var client = Client.connect(parsed, terminal)) {
            return new Get(client, parsed, terminal, format).run(words);
        }
    }

    /** One run of the command. */
    private static final class Get {
        private final Client client;
        private final ParseResult parsed;
        private final Terminal terminal;
        private final String format;
        private final boolean everywhere;
        private final TableText tables;
        private final Optional<Moment> at;

        Get(Client client, ParseResult parsed, Terminal terminal, String format) {
            this.client = client;
            this.parsed = parsed;
            this.terminal = terminal;
            this.format = format;
            this.everywhere = Options.flag(parsed, "--all-namespaces");
            this.at = Options.text(parsed, "--at").map(text -> Moments.of(text, Instant.now()));
            if (at.isPresent() && Options.flag(parsed, "--watch"))
                throw Trouble.usage("--at and --watch do not go together: the past does not change");
            this.tables = new TableText(format.equals("wide"), everywhere, terminal);
        }

        int run(List<String> words) throws InterruptedException {
            boolean slashed = words.getFirst().contains("/");
            if (slashed || words.size() > 1) {
                if (everywhere) throw Trouble.usage("a name and --all-namespaces do not go together");
                return named(Client.Target.all(words));
            }
            var types = types(words.getFirst());
            if (Options.flag(parsed, "--watch")) {
                if (types.size() > 1) throw Trouble.usage("only one type can be watched at a time");
                return watch(types.getFirst(), "");
            }
            return isTable() ? listTables(types) : listObjects(types);
        }

        private boolean isTable() {
            return format.equals("table") || format.equals("wide");
        }

        private List<String> types(String word) throws InterruptedException {
            var types = new ArrayList<String>();
            for (var type : word.split(",", -1)) {
                if (type.isEmpty()) continue;
                var ofCategory = type.equals("all") ? category(type) : List.<String>of();
                if (ofCategory.isEmpty()) types.add(type);
                else types.addAll(ofCategory);
            }
            if (types.isEmpty()) throw Trouble.usage("get what? For example: keelson get pods");
            return types;
        }

        private List<String> category(String name) throws InterruptedException {
            return client.kinds().stream()
                    .filter(kind -> kind.getCategoriesList().contains(name))
                    .map(KindInfo::getResource)
                    .toList();
        }

        private ListResponse answer(String type, ListRequest request) throws InterruptedException {
            if (at.isEmpty()) return client.servers().ask(stub -> client.explained(type, () -> stub.list(request)));
            var past = ListAtRequest.newBuilder()
                    .setKind(request.getKind())
                    .setNamespace(request.getNamespace())
                    .setLabelSelector(request.getLabelSelector())
                    .setFieldSelector(request.getFieldSelector())
                    .setAt(at.get())
                    .setEncoding(request.getEncoding())
                    .setAsTable(request.getAsTable())
                    .build();
            return client.servers()
                    .on(channel -> client.explained(
                            type, () -> HistoryGrpc.newBlockingStub(channel).list(past)));
        }

        private ListRequest.Builder request(String type) {
            return ListRequest.newBuilder()
                    .setKind(Client.kind(type))
                    .setNamespace(everywhere ? "" : client.namespace())
                    .setLabelSelector(Options.text(parsed, "--selector").orElse(""))
                    .setFieldSelector(Options.text(parsed, "--field-selector").orElse(""))
                    .setEncoding(Encoding.ENCODING_JSON);
        }

        private int listTables(List<String> types) throws InterruptedException {
            boolean any = false;
            for (var type : types) {
                var request = request(type).setAsTable(true).build();
                var answer = answer(type, request);
                var table = Render.table(Client.tree(answer.getTable()));
                if (table.rows().isEmpty()) continue;
                if (any) terminal.out().println();
                any = true;
                printTable(table, types.size() > 1 ? client.kindNamed(type).map(Client::prefix) : Optional.empty());
            }
            if (!any) sayNone();
            return 0;
        }

        private void printTable(Table table, Optional<String> prefix) {
            var rows = new ArrayList<List<String>>();
            if (!Options.flag(parsed, "--no-headers")) rows.add(tables.header(table));
            rows.addAll(tables.rows(table, prefix));
            Columns.lines(rows).forEach(terminal.out()::println);
        }

        private void sayNone() {
            terminal.out().flush();
            terminal.err()
                    .println(
                            everywhere
                                    ? "No resources found."
                                    : "No resources found in namespace " + client.namespace() + ".");
        }

        private int listObjects(List<String> types) throws InterruptedException {
            var objects = new ArrayList<ObjectNode>();
            for (var type : types) {
                var request = request(type).build();
                var answer = answer(type, request);
                answer.getItemsList().stream().map(Client::tree).forEach(objects::add);
            }
            if (format.equals("name")) {
                for (var object : objects) terminal.out().println(name(object));
                return 0;
            }
            print(listOf(objects));
            return 0;
        }

        private ObjectNode listOf(List<ObjectNode> objects) {
            var list = Render.object();
            list.put("apiVersion", "v1");
            var items = list.putArray("items");
            objects.forEach(object -> items.add(shown(object)));
            list.put("kind", "List");
            list.putObject("metadata").put("resourceVersion", "");
            return list;
        }

        private ObjectNode shown(ObjectNode object) {
            if (!Options.flag(parsed, "--show-managed-fields")
                    && object.path("metadata") instanceof ObjectNode metadata) {
                metadata.remove("managedFields");
            }
            return object;
        }

        private String name(ObjectNode object) {
            var group = object.path("apiVersion").asString("");
            int slash = group.indexOf('/');
            var type = object.path("kind").asString("").toLowerCase(Locale.ROOT)
                    + (slash < 0 ? "" : "." + group.substring(0, slash));
            return type + "/" + object.path("metadata").path("name").asString("");
        }

        private void print(ObjectNode object) {
            terminal.out().print(format.equals("json") ? Render.json(object) : Render.yaml(object));
        }

        private int named(List<Client.Target> targets) throws InterruptedException {
            if (Options.flag(parsed, "--watch")) {
                if (targets.size() > 1) throw Trouble.usage("only one object can be watched at a time");
                return watch(targets.getFirst().type(), targets.getFirst().name());
            }
            if (isTable()) return namedTables(targets);
            var found = new ArrayList<ObjectNode>();
            for (var target : targets) found.add(fetch(target, false));
            if (format.equals("name")) found.forEach(object -> terminal.out().println(name(object)));
            else print(found.size() == 1 ? shown(found.getFirst()) : listOf(found));
            return 0;
        }

        /** Objects of one type share a table. */
        private int namedTables(List<Client.Target> targets) throws InterruptedException {
            var found = new ArrayList<Table>();
            var header = List.<String>of();
            boolean several =
                    targets.stream().map(Client.Target::type).distinct().count() > 1;
            for (var target : targets) {
                var table = Render.table(fetch(target, true));
                var columns = tables.header(table);
                if (several || !columns.equals(header)) found.add(table);
                else found.add(found.removeLast().and(table));
                header = columns;
            }
            for (int i = 0; i < found.size(); i++) {
                if (i > 0) terminal.out().println();
                printTable(found.get(i), Optional.empty());
            }
            return 0;
        }

        private ObjectNode fetch(Client.Target target, boolean asTable) throws InterruptedException {
            var request = GetRequest.newBuilder()
                    .setRef(ObjectRef.newBuilder()
                            .setKind(Client.kind(target.type()))
                            .setNamespace(client.namespace())
                            .setName(target.name()))
                    .setEncoding(Encoding.ENCODING_JSON)
                    .setAsTable(asTable)
                    .build();
            if (at.isEmpty())
                return client.servers()
                        .ask(stub -> Client.tree(client.explained(target.type(), () -> stub.get(request))
                                .getObject()));
            var past = GetAtRequest.newBuilder()
                    .setRef(request.getRef())
                    .setAt(at.get())
                    .setEncoding(request.getEncoding())
                    .setAsTable(asTable)
                    .build();
            return client.servers()
                    .on(channel -> Client.tree(client.explained(
                                    target.type(),
                                    () -> HistoryGrpc.newBlockingStub(channel).get(past))
                            .getObject()));
        }

        /** First what is there, then every change, a row each. A watch that breaks off goes on from the revision it had reached. */
        private int watch(String type, String name) throws InterruptedException {
            var rowsShown = new HashMap<String, List<String>>();
            var widths = new ArrayList<Integer>();
            long[] reached = {0};
            while (true) {
                var request = WatchRequest.newBuilder()
                        .setKind(Client.kind(type))
                        .setNamespace(everywhere ? "" : client.namespace())
                        .setLabelSelector(Options.text(parsed, "--selector").orElse(""))
                        .setFieldSelector(
                                name.isEmpty()
                                        ? Options.text(parsed, "--field-selector")
                                                .orElse("")
                                        : "metadata.name=" + name)
                        .setFromRevision(reached[0])
                        .setEncoding(Encoding.ENCODING_JSON)
                        .build();
                client.servers()
                        .on(channel -> client.explained(type, () -> {
                            ResourcesGrpc.newBlockingStub(channel)
                                    .watch(request)
                                    .forEachRemaining(event -> {
                                        reached[0] = Math.max(reached[0], event.getRevision());
                                        if (event.getType() != WatchEvent.Type.BOOKMARK)
                                            show(event, type, rowsShown, widths);
                                    });
                            return reached[0];
                        }));
            }
        }

        private void show(WatchEvent event, String type, Map<String, List<String>> rowsShown, List<Integer> widths) {
            var object = Client.tree(event.getObject());
            if (!isTable()) {
                if (format.equals("name")) terminal.out().println(name(object));
                else
                    terminal.out()
                            .print((format.equals("yaml") ? "---\n" : "")
                                    + (format.equals("json")
                                            ? Render.json(shown(object))
                                            : Render.yaml(shown(object))));
                terminal.out().flush();
                return;
            }
            var metadata = object.path("metadata");
            var id = metadata.path("namespace").asString("") + "/"
                    + metadata.path("name").asString("");
            var row = event.getType() == WatchEvent.Type.DELETED
                    ? Optional.ofNullable(rowsShown.remove(id))
                    : row(type, object, widths);
            row.ifPresent(cells -> {
                if (event.getType() != WatchEvent.Type.DELETED) rowsShown.put(id, cells);
                terminal.out().println(Columns.line(cells, widths));
                terminal.out().flush();
            });
        }

        /** The row of one object, as the server draws it now; empty if it is gone meanwhile: its deletion is the next event. */
        private Optional<List<String>> row(String type, ObjectNode object, List<Integer> widths) {
            var metadata = object.path("metadata");
            var request = ListRequest.newBuilder()
                    .setKind(Client.kind(type))
                    .setNamespace(metadata.path("namespace").asString(""))
                    .setFieldSelector("metadata.name=" + metadata.path("name").asString(""))
                    .setEncoding(Encoding.ENCODING_JSON)
                    .setAsTable(true)
                    .build();
            Table table;
            try {
                table = Render.table(Client.tree(
                        client.servers().ask(stub -> stub.list(request)).getTable()));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
            var rows = tables.rows(table, Optional.empty());
            if (rows.isEmpty()) return Optional.empty();
            if (widths.isEmpty()) {
                var header = tables.header(table);
                for (int i = 0; i < header.size(); i++) {
                    widths.add(Math.max(
                            header.get(i).length(),
                            i < rows.getFirst().size() ? rows.getFirst().get(i).length() : 0));
                }
                if (!Options.flag(parsed, "--no-headers")) terminal.out().println(Columns.line(header, widths));
            }
            return Optional.of(rows.getFirst());
        }
    }
}
