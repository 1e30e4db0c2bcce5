package io.keelson.cli;

import io.grpc.StatusRuntimeException;
import io.keelson.cli.client.Access;
import io.keelson.cli.client.KnownServers;
import io.keelson.cli.client.Servers;
import io.keelson.cli.print.Nearest;
import io.keelson.cli.print.Render;
import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import io.keelson.proto.v1.Encoding;
import io.keelson.proto.v1.GetRequest;
import io.keelson.proto.v1.KindInfo;
import io.keelson.proto.v1.KindRef;
import io.keelson.proto.v1.KindsRequest;
import io.keelson.proto.v1.ListRequest;
import io.keelson.proto.v1.Object;
import io.keelson.proto.v1.ObjectRef;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.node.ObjectNode;

/** What the commands that talk to a cluster share: the options that say which, and the questions that many ask. */
final class Client implements AutoCloseable {

    private final Servers servers;
    private final String namespace;
    private Optional<List<KindInfo>> kinds = Optional.empty();

    private Client(Servers servers, String namespace) {
        this.servers = servers;
        this.namespace = namespace;
    }

    /** Adds the options that say which cluster. */
    static CommandSpec options(CommandSpec spec) {
        return spec.addOption(Options.text(
                        "-n --namespace", "NAME", "Namespace; default: the kubeconfig's, else \"default\"."))
                .addOption(Options.text(
                        "--kubeconfig", "FILE", "Cluster and user; default: $KUBECONFIG, else DIR/kubeconfig."))
                .addOption(Options.text(
                        "--dir", "DIR", "Folder of a cluster that `keelson up` made; default: ~/.keelson."));
    }

    static Client connect(ParseResult parsed, Terminal terminal) {
        var access = Access.fromKubeconfig(kubeconfig(parsed, terminal));
        return new Client(
                new Servers(access, KnownServers.of(terminal)),
                Options.text(parsed, "--namespace").orElse(access.namespace()));
    }

    /** A client of the cluster in a kubeconfig. */
    static Client of(Path kubeconfig, Optional<String> namespace) {
        var access = Access.fromKubeconfig(kubeconfig);
        return new Client(new Servers(access), namespace.orElse(access.namespace()));
    }

    /** The same connection, in another namespace. Closing either closes both. */
    Client in(String other) {
        return new Client(servers, other);
    }

    /** The folder of the cluster: {@code --dir}, or the default. */
    static Path directory(ParseResult parsed, Terminal terminal) {
        return Options.text(parsed, "--dir")
                .or(() -> terminal.variable("KEELSON_DIR"))
                .map(Path::of)
                .orElse(Path.of(terminal.home(), ".keelson"))
                .toAbsolutePath()
                .normalize();
    }

    private static Path kubeconfig(ParseResult parsed, Terminal terminal) {
        var named = Options.text(parsed, "--kubeconfig");
        if (named.isPresent()) return Path.of(named.get());
        if (Options.text(parsed, "--dir").isPresent())
            return directory(parsed, terminal).resolve("kubeconfig");
        // Like kubectl, KUBECONFIG may list several; merging them is kubectl's art, the first that is there serves
        // here.
        var listed = terminal.variable("KUBECONFIG").stream()
                .flatMap(value -> Stream.of(value.split(":", -1)))
                .filter(value -> !value.isEmpty())
                .map(Path::of)
                .toList();
        return listed.stream()
                .filter(path -> path.toFile().exists())
                .findFirst()
                .or(() -> listed.stream().findFirst())
                .orElseGet(() -> directory(parsed, terminal).resolve("kubeconfig"));
    }

    Servers servers() {
        return servers;
    }

    /** The namespace to work in. */
    String namespace() {
        return namespace;
    }

    static KindRef kind(String resource) {
        return KindRef.newBuilder().setResource(resource).build();
    }

    static KindRef kind(String apiVersion, String kind) {
        return KindRef.newBuilder().setApiVersion(apiVersion).setKind(kind).build();
    }

    /** The object that somebody means, in this client's namespace. */
    ObjectRef ref(Target target) {
        return ObjectRef.newBuilder()
                .setKind(kind(target.type()))
                .setNamespace(namespace)
                .setName(target.name())
                .build();
    }

    static ObjectNode tree(Object object) {
        return Render.parse(object.getJson().toByteArray());
    }

    /** One object by type and name; a name that is not there is a {@link Trouble}. */
    ObjectNode get(String resource, String name) throws InterruptedException {
        var request = GetRequest.newBuilder()
                .setRef(ObjectRef.newBuilder()
                        .setKind(kind(resource))
                        .setNamespace(namespace)
                        .setName(name))
                .setEncoding(Encoding.ENCODING_JSON)
                .build();
        return servers.ask(
                stub -> tree(explained(resource, () -> stub.get(request)).getObject()));
    }

    /** All objects of a type in a namespace, or everywhere if that is empty. */
    List<ObjectNode> list(String resource, String in, String labels, String fields) throws InterruptedException {
        var request = ListRequest.newBuilder()
                .setKind(kind(resource))
                .setNamespace(in)
                .setLabelSelector(labels)
                .setFieldSelector(fields)
                .setEncoding(Encoding.ENCODING_JSON)
                .build();
        var answer = servers.ask(stub -> explained(resource, () -> stub.list(request)));
        return answer.getItemsList().stream().map(Client::tree).toList();
    }

    /** The kinds that the cluster knows, asked once. */
    List<KindInfo> kinds() throws InterruptedException {
        if (kinds.isEmpty())
            kinds = Optional.of(servers.ask(stub -> stub.kinds(KindsRequest.getDefaultInstance()))
                    .getKindsList());
        return kinds.get();
    }

    /** Asks again which kinds there are when somebody wants to know. */
    void forgetKinds() {
        kinds = Optional.empty();
    }

    /** The kind that somebody calls by its plural, singular, short name or kind. */
    Optional<KindInfo> kindNamed(String what) throws InterruptedException {
        return kinds().stream()
                .filter(kind -> names(kind).anyMatch(what.toLowerCase(Locale.ROOT)::equals))
                .findFirst();
    }

    /** The type as it stands before a slash: {@code pod}, {@code deployment.apps}. */
    static String prefix(KindInfo kind) {
        return kind.getGroup().isEmpty() ? kind.getSingular() : kind.getSingular() + "." + kind.getGroup();
    }

    private static Stream<String> names(KindInfo kind) {
        var plain = Stream.concat(
                Stream.of(kind.getResource(), kind.getSingular(), kind.getKind().toLowerCase(Locale.ROOT)),
                kind.getShortNamesList().stream());
        return plain.flatMap(name ->
                Stream.of(name, name + "." + kind.getGroup(), name + "." + kind.getVersion() + "." + kind.getGroup()));
    }

    /** A call whose failure may be that there is no such type: then says so, with the type that may have been meant. */
    <T> T explained(String resource, Supplier<T> call) {
        try {
            return call.get();
        } catch (StatusRuntimeException failure) {
            switch (failure.getStatus().getCode()) {
                case NOT_FOUND, INVALID_ARGUMENT, UNIMPLEMENTED -> checkType(resource, failure);
                default -> {}
            }
            throw failure;
        }
    }

    private void checkType(String resource, StatusRuntimeException failure) {
        List<KindInfo> known;
        try {
            if (kindNamed(resource).isPresent()) return;
            known = kinds();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return;
        }
        var near = Nearest.to(
                resource,
                known.stream()
                        .flatMap(kind -> Stream.of(kind.getResource(), kind.getSingular()))
                        .toList());
        throw Trouble.because(
                failure,
                "the cluster has no resource type \"" + resource + "\"",
                near.map(name -> "Did you mean " + name + "?")
                        .orElse("It has: "
                                + String.join(
                                        ", ",
                                        known.stream()
                                                .map(KindInfo::getResource)
                                                .sorted()
                                                .toList())));
    }

    /** A type and the name of one of its objects. */
    record Target(String type, String name) {

        /** Reads {@code TYPE/NAME} or {@code TYPE NAME...} from a command line. */
        static List<Target> all(List<String> words) {
            if (words.isEmpty())
                throw Trouble.usage("which one? Give TYPE/NAME or TYPE NAME, for example deployment/hello");
            if (words.getFirst().contains("/"))
                return words.stream().map(Target::one).toList();
            if (words.size() == 1)
                throw Trouble.usage(
                        "which " + words.getFirst() + "? Give a name, too, for example " + words.getFirst() + "/hello");
            return words.stream()
                    .skip(1)
                    .map(name -> new Target(words.getFirst(), name))
                    .toList();
        }

        private static Target one(String word) {
            int slash = word.indexOf('/');
            if (slash <= 0 || slash == word.length() - 1)
                throw Trouble.usage("\"" + word + "\" is not TYPE/NAME, for example deployment/hello");
            return new Target(word.substring(0, slash), word.substring(slash + 1));
        }
    }

    @Override
    public void close() {
        servers.close();
    }
}
