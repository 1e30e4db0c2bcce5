package io.keelson.cli;

import com.google.protobuf.ByteString;
import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import io.keelson.proto.v1.Encoding;
import io.keelson.proto.v1.ObjectRef;
import io.keelson.proto.v1.PatchRequest;
import io.keelson.proto.v1.WriteOptions;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code keelson scale}: says how many pods there should be. */
final class ScaleCommand implements Command {

    @Override
    public CommandSpec spec() {
        var spec = Options.command(
                "scale", "TYPE/NAME... --replicas=N", "Says how many pods a Deployment or ReplicaSet should have.", "");
        spec.addOption(Options.number("--replicas", "N", "How many."))
                .addPositional(Options.rest("WHAT", "For example deployment/hello."));
        return Client.options(spec);
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws InterruptedException {
        long replicas = Options.number(parsed, "--replicas")
                .orElseThrow(() -> Trouble.usage("scale to how many? Give --replicas=N"));
        if (replicas < 0) throw Trouble.usage("--replicas must not be negative");
        var targets = Client.Target.all(Options.words(parsed));
        try (var client = Client.connect(parsed, terminal)) {
            for (var target : targets) {
                patch(client, target, "{\"spec\":{\"replicas\":" + replicas + "}}");
                terminal.out()
                        .println(client.kindNamed(target.type())
                                        .map(Client::prefix)
                                        .orElse(target.type()) + "/" + target.name() + " scaled");
            }
        }
        return 0;
    }

    /** Merges something into an object. */
    static void patch(Client client, Client.Target target, String json) throws InterruptedException {
        var request = PatchRequest.newBuilder()
                .setRef(ObjectRef.newBuilder()
                        .setKind(Client.kind(target.type()))
                        .setNamespace(client.namespace())
                        .setName(target.name()))
                .setType(PatchRequest.PatchType.MERGE)
                .setPatch(ByteString.copyFromUtf8(json))
                .setOptions(WriteOptions.newBuilder().setFieldManager("keelson"))
                .setEncoding(Encoding.ENCODING_JSON)
                .build();
        client.servers().ask(stub -> client.explained(target.type(), () -> stub.patch(request)));
    }
}
