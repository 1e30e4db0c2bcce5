package io.keelson.orchestrator.admission;

import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.api.WriteCheck;
import io.keelson.orchestrator.api.WriteOptions;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.registry.Addresses;
import io.keelson.orchestrator.testing.TestAdmissionWebhook;
import io.keelson.orchestrator.webhook.AdmissionCaller;
import io.keelson.store.MemoryKv;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import tools.jackson.databind.node.ObjectNode;

/** The API on a store in memory, with all that admits, and a webhook that may be asked. */
record AdmittedApi(Api api, TestAdmissionWebhook webhook) implements AutoCloseable {

    static final User ADMIN = new User("admin", List.of("system:masters"));
    static final WriteOptions BY_ADMIN = WriteOptions.by(ADMIN);

    private static final String NAMESPACE = "ns";

    /** With nothing in it; the webhook keeps its keys in a folder. */
    static AdmittedApi start(Path directory) throws IOException {
        MemoryKv kv = new MemoryKv();
        Admissions admissions = new Admissions(kv, Kinds::builtIn, new AdmissionCaller(_ -> Optional.empty()));
        return new AdmittedApi(
                new Api(
                        kv,
                        Kinds::builtIn,
                        Addresses.standard(),
                        InstantSource.system(),
                        new Random(3),
                        WriteCheck.NONE,
                        admissions),
                TestAdmissionWebhook.start(directory));
    }

    /** Makes an object of any kind; in the namespace {@code ns}, if its kind has namespaces. */
    void create(String text) {
        ObjectNode object = Json.parse(text);
        Kind kind = Kinds.builtIn()
                .byApiVersion(
                        object.path("apiVersion").asString(),
                        object.path("kind").asString())
                .orElseThrow();
        api.create(kind, kind.namespaced() ? NAMESPACE : "", object, BY_ADMIN);
    }

    @Override
    public void close() {
        webhook.close();
    }
}
