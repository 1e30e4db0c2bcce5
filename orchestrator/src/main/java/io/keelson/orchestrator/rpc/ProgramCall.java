package io.keelson.orchestrator.rpc;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.NodeStream;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.proto.v1.TerminalSize;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * One program, or one connection, as a call with streams in both directions. The caller's messages come one after the other; while one waits for a
 * slow program no other is read. Answers are sent by a thread of their own, which waits for a slow caller.
 *
 * @param <Q> what the caller sends
 * @param <A> what it is answered
 */
final class ProgramCall<Q, A> implements StreamObserver<Q> {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** What a message of the caller says. */
    sealed interface Word {

        /** The first: what to talk to. */
        record Start(Opening opening) implements Word {}

        record Input(ByteString bytes) implements Word {}

        record InputEnd() implements Word {}

        record Size(TerminalSize size) implements Word {}

        record Nothing() implements Word {}
    }

    /** Begins, if the caller may. */
    interface Opening {
        NodeStream open() throws InterruptedException;
    }

    /** How what comes back is told; empty: not at all. */
    interface Answers<A> {
        Optional<A> started();

        Optional<A> output(ByteString bytes);

        Optional<A> errors(ByteString bytes);

        Optional<A> exited(int code);
    }

    private final StreamObserver<A> out;
    private final Function<Q, Word> words;
    private final Answers<A> answers;
    private Optional<NodeStream> stream = Optional.empty();

    ProgramCall(StreamObserver<A> out, Function<Q, Word> words, Answers<A> answers) {
        this.out = out;
        this.words = words;
        this.answers = answers;
    }

    @Override
    public void onNext(Q message) {
        try {
            switch (words.apply(message)) {
                case Word.Start start -> start(start.opening());
                case Word.Input input -> {
                    byte[] bytes = input.bytes().toByteArray();
                    begun().write(bytes, 0, bytes.length);
                }
                case Word.InputEnd _ -> begun().endInput();
                case Word.Size(TerminalSize size) -> begun().resize(size.getColumns(), size.getRows());
                case Word.Nothing _ -> throw ApiException.badRequest("a message says nothing that is known");
            }
        } catch (ApiException e) {
            fail(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(new ApiException(Reason.SERVICE_UNAVAILABLE, "the server stops; call another, or again"));
        }
    }

    private NodeStream begun() {
        return stream.orElseThrow(() -> ApiException.badRequest("the first message must be start"));
    }

    private void start(Opening opening) throws InterruptedException {
        if (stream.isPresent()) {
            throw ApiException.badRequest("start was said already");
        }
        NodeStream opened = opening.open();
        stream = Optional.of(opened);
        Callers.goesOn();
        answers.started().ifPresent(out::onNext);
        Thread.ofVirtual()
                .name("program-call")
                .start(Context.current()
                        .wrap(() -> Calls.stream(out, sink -> {
                            try (opened) {
                                carry(opened, sink);
                            }
                        })));
    }

    private void carry(NodeStream from, Calls.Sink<A> sink) throws InterruptedException {
        while (true) {
            switch (from.next(PATIENCE)) {
                case NodeStream.Piece.Output output ->
                    answers.output(ByteString.copyFrom(output.bytes())).ifPresent(sink::send);
                case NodeStream.Piece.Errors errors ->
                    answers.errors(ByteString.copyFrom(errors.bytes())).ifPresent(sink::send);
                // Programs may think for long. But that a caller has gone without a word only an answer tells.
                case NodeStream.Piece.Silence _ ->
                    answers.output(ByteString.EMPTY).ifPresent(sink::send);
                case NodeStream.Piece.End end -> {
                    answers.exited(end.exitCode()).ifPresent(sink::send);
                    return;
                }
            }
        }
    }

    /** Before the beginning the caller is told; after it the one who sends answers ends the call. */
    private void fail(ApiException why) {
        if (stream.isPresent()) {
            stream.get().close();
        } else {
            Callers.fails(why.code());
            out.onError(Calls.failure(why));
        }
    }

    @Override
    public void onError(Throwable gone) {
        stream.ifPresent(NodeStream::close);
    }

    /** Who says no more has no more input. */
    @Override
    public void onCompleted() {
        stream.ifPresentOrElse(
                NodeStream::endInput, () -> fail(ApiException.badRequest("the first message must be start")));
    }
}
