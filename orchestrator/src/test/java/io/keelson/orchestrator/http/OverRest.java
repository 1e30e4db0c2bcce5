package io.keelson.orchestrator.http;

import io.keelson.orchestrator.testing.TestServer;
import java.net.http.HttpClient;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A server, and an administrator who speaks REST with it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OverRest {

    TestServer server;
    HttpClient admin;

    @BeforeAll
    void start(@TempDir Path directory) {
        server = TestServer.start(directory);
        admin = server.admin();
    }

    @AfterAll
    void stop() {
        server.close();
    }
}
