package io.keelson.cli.stream;

import io.keelson.cli.print.Trouble;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The terminal that this process was started from. What is typed goes through it untouched, Ctrl-C included, until it is closed.
 *
 * <p>By {@code stty}, since the JDK can neither do that nor tell a terminal's size.
 */
public final class Screen implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 5;

    /** So many characters. */
    public record Size(int columns, int rows) {}

    private final String before;
    private final Thread restoring = new Thread(this::restore, "restore the terminal");

    private Screen(String before) {
        this.before = before;
    }

    /**
     * Takes it.
     *
     * @throws Trouble if it is no terminal, or there is no stty
     */
    public static Screen take() {
        var screen = new Screen(stty("-g"));
        Runtime.getRuntime().addShutdownHook(screen.restoring);
        stty("raw", "-echo");
        return screen;
    }

    /** Its size; empty if it has none. */
    public Optional<Size> size() {
        return parse(stty("size"));
    }

    /** Reads what {@code stty size} prints: rows, then columns. */
    static Optional<Size> parse(String text) {
        var words = text.strip().split(" ", -1);
        if (words.length != 2) return Optional.empty();
        try {
            var size = new Size(Integer.parseInt(words[1]), Integer.parseInt(words[0]));
            return size.columns() > 0 && size.rows() > 0 ? Optional.of(size) : Optional.empty();
        } catch (NumberFormatException noNumber) {
            return Optional.empty();
        }
    }

    /** Does something whenever the size changes. By reflection: the compiler warns of {@code sun.misc.Signal}, and there is no other way. */
    public void onChange(Runnable work) {
        try {
            var signal = Class.forName("sun.misc.Signal");
            var handler = Class.forName("sun.misc.SignalHandler");
            var doing = Proxy.newProxyInstance(
                    Screen.class.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        if (method.getName().equals("handle")) work.run();
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("WINCH"), doing);
        } catch (ReflectiveOperationException none) {
            // A JVM without signals: the size stays as it was.
        }
    }

    @Override
    public void close() {
        restore();
        Runtime.getRuntime().removeShutdownHook(restoring);
    }

    private void restore() {
        stty(before);
    }

    private static String stty(String... arguments) {
        var command = new String[arguments.length + 1];
        command[0] = "stty";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        try {
            var process = new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectErrorStream(true)
                    .start();
            var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0)
                throw Trouble.of("the terminal cannot be used: " + said, "Try again without -t.");
            return said;
        } catch (IOException none) {
            throw Trouble.because(none, "-t needs the program stty: " + none.getMessage(), "Try again without -t.");
        } catch (InterruptedException told) {
            Thread.currentThread().interrupt();
            throw Trouble.because(told, "interrupted");
        }
    }
}
