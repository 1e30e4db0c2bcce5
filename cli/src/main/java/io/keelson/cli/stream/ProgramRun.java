package io.keelson.cli.stream;

import com.google.protobuf.ByteString;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.BlockingClientCall;
import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import io.keelson.proto.v1.ExecResponse;
import io.keelson.proto.v1.InputEnd;
import io.keelson.proto.v1.TerminalSize;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One program in a container, between a user's terminal and a call.
 *
 * @param <Q> what the call sends: exec and attach have messages of their own
 */
public final class ProgramRun<Q> {

    private static final int CHUNK_BYTES = 32 * 1024;

    /**
     * How to say things in messages of the call.
     *
     * @param input what the program reads
     * @param inputEnd that there is no more of it
     * @param size how large the user's screen is
     */
    public record Words<Q>(
            Function<ByteString, Q> input, Function<InputEnd, Q> inputEnd, Function<TerminalSize, Q> size) {}

    private final BlockingClientCall<Q, ExecResponse> call;
    private final Words<Q> words;
    private final Terminal terminal;
    private final boolean withInput;
    private final Optional<Screen> screen;
    private boolean started;

    /**
     * A run that has not begun.
     *
     * @param withInput the program reads what the terminal's input has
     * @param screen whose sizes the program learns
     */
    public ProgramRun(
            BlockingClientCall<Q, ExecResponse> call,
            Words<Q> words,
            Terminal terminal,
            boolean withInput,
            Optional<Screen> screen) {
        this.call = call;
        this.words = words;
        this.terminal = terminal;
        this.withInput = withInput;
        this.screen = screen;
    }

    /**
     * Runs it to its end.
     *
     * @param start the first message
     * @return the program's exit code
     * @throws StatusRuntimeException if it did not begin; then it may be tried on another server
     * @throws Trouble if it began, and its end is not known
     * @throws InterruptedException if the user wants no more of it
     */
    public int run(Q start) throws InterruptedException {
        try {
            send(start);
            return answers();
        } catch (StatusException failure) {
            if (!started) throw failure.getStatus().asRuntimeException(failure.getTrailers());
            throw lost(
                    failure,
                    Optional.ofNullable(failure.getStatus().getDescription())
                            .orElse(failure.getStatus().getCode().name()));
        } finally {
            call.cancel("the user's side has ended", null);
        }
    }

    private int answers() throws InterruptedException, StatusException {
        while (true) {
            var answer = call.read();
            if (answer == null) throw lost(null, "the server said no more");
            switch (answer.getMessageCase()) {
                case STARTED -> begin();
                case STDOUT -> {
                    terminal.out().writeBytes(answer.getStdout().toByteArray());
                    if (terminal.out().checkError()) throw Trouble.of("nobody reads what the command writes");
                }
                case STDERR -> {
                    terminal.err().writeBytes(answer.getStderr().toByteArray());
                    terminal.err().flush();
                }
                case EXITED -> {
                    return answer.getExited().getCode();
                }
                case MESSAGE_NOT_SET -> {
                    // Of a server that is newer than this command.
                }
            }
        }
    }

    private static Trouble lost(@Nullable Throwable failure, String why) {
        var what = "the connection to the command is lost, and how it ended is not known: " + why;
        return failure == null ? Trouble.of(what) : Trouble.because(failure, what);
    }

    /** Only now, so that no input is lost to a server that could not begin. */
    private void begin() throws InterruptedException, StatusException {
        started = true;
        if (screen.isPresent()) {
            tell(screen.get());
            screen.get().onChange(() -> {
                try {
                    tell(screen.get());
                } catch (StatusException ended) {
                    // Who reads the answers is told, too.
                } catch (InterruptedException told) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        if (withInput) Thread.ofPlatform().daemon().name("input").start(this::input);
    }

    private void tell(Screen from) throws InterruptedException, StatusException {
        var size = from.size();
        if (size.isPresent())
            send(words.size()
                    .apply(TerminalSize.newBuilder()
                            .setColumns(size.get().columns())
                            .setRows(size.get().rows())
                            .build()));
    }

    private void input() {
        var chunk = new byte[CHUNK_BYTES];
        try {
            for (int n = terminal.in().read(chunk); n >= 0; n = terminal.in().read(chunk)) {
                if (!send(words.input().apply(ByteString.copyFrom(chunk, 0, n)))) return;
            }
            send(words.inputEnd().apply(InputEnd.getDefaultInstance()));
        } catch (StatusException | IllegalStateException ended) {
            // Who reads the answers is told, too, or has given the call up.
        } catch (IOException unreadable) {
            call.cancel("the input cannot be read: " + unreadable.getMessage(), unreadable);
        } catch (InterruptedException told) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until the server takes it. False if the call has ended. */
    private synchronized boolean send(Q message) throws InterruptedException, StatusException {
        return call.write(message);
    }
}
