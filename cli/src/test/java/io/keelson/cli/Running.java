package io.keelson.cli;

import io.keelson.cli.print.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One run of `keelson` in this process, on a thread of its own. */
final class Running implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 60;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final FutureTask<Integer> code;
    private final Thread thread;

    private Running(Path kubeconfig, InputStream in, String... words) {
        var terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.ISO_8859_1),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                in,
                false,
                Map.of("KUBECONFIG", kubeconfig.toString(), "HOME", kubeconfig.toString()));
        code = new FutureTask<>(() -> Cli.run(words, terminal));
        thread = Thread.ofPlatform().daemon().start(code);
    }

    static Running begin(Path kubeconfig, InputStream in, String... words) {
        return new Running(kubeconfig, in, words);
    }

    /** The words that run it as a process of its own. */
    static List<String> command() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.keelson.cli.Main");
    }

    /** Its exit code; waits for its end. */
    int code() throws InterruptedException, ExecutionException {
        try {
            return code.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new AssertionError("it did not end; it said: " + out() + err(), late);
        }
    }

    String out() {
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /** As Ctrl-C does. */
    void interrupt() {
        thread.interrupt();
    }

    @Override
    public void close() {
        interrupt();
    }
}
