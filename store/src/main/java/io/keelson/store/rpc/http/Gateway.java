package io.keelson.store.rpc.http;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * etcd's JSON gateway: POST a request as JSON, get the answer as JSON. Which calls there are comes from the services that the gRPC server
 * has, their paths from {@link GatewayPaths}; nothing here knows a single one of them. Requests of a stream stand one behind the other
 * in the body; its answers come one a line, as {@code {"result":{...}}}.
 */
public final class Gateway {

    static final String PREFIX = "/v3/";

    /** The end of the body does not end these: as with etcd, a watch whose requests are all made goes on. */
    private static final Set<String> OUTLIVE_THEIR_REQUESTS = Set.of("etcdserverpb.Watch/Watch");

    private final Map<String, MethodDescriptor<Message, Message>> calls = new HashMap<>();
    private final Channel channel;
    private final Executor workers;

    /**
     * A gateway.
     *
     * @param services what the server has; the calls among them that have a path are served
     * @param channel to that server
     * @param workers where JSON is read
     */
    public Gateway(List<ServerServiceDefinition> services, Channel channel, Executor workers) {
        this.channel = channel;
        this.workers = workers;
        var byName = new HashMap<String, MethodDescriptor<Message, Message>>();
        for (ServerServiceDefinition service : services) {
            for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
                byName.put(method.getMethodDescriptor().getFullMethodName(), ofMessages(method.getMethodDescriptor()));
            }
        }
        for (GatewayPaths.Row row : GatewayPaths.ROWS) {
            MethodDescriptor<Message, Message> method = byName.get(row.call());
            if (method != null) {
                calls.put(PREFIX + row.path(), method);
            }
        }
    }

    /** All that etcd has calls protobuf messages, and the marshallers of the generated code take them as such. */
    @SuppressWarnings("unchecked")
    private static MethodDescriptor<Message, Message> ofMessages(MethodDescriptor<?, ?> method) {
        return (MethodDescriptor<Message, Message>) method;
    }

    /** The paths that are served. */
    Set<String> paths() {
        return Set.copyOf(calls.keySet());
    }

    void handle(Exchange exchange) {
        Request request = exchange.request();
        MethodDescriptor<Message, Message> method = calls.get(request.path());
        if (method == null) {
            exchange.answer(GatewayErrors.page(404, Status.NOT_FOUND.withDescription("Not Found")));
        } else if (!request.method().equals("POST")) {
            exchange.answer(GatewayErrors.page(405, Status.UNIMPLEMENTED.withDescription("Method Not Allowed"))
                    .with("Allow", "POST"));
        } else {
            workers.execute(() -> call(method, exchange));
        }
    }

    private void call(MethodDescriptor<Message, Message> method, Exchange exchange) {
        List<Message> messages;
        Metadata metadata;
        CallOptions options;
        try {
            messages = messages(method, exchange.request());
            metadata = GatewayMetadata.of(exchange.request());
            options = GatewayMetadata.deadline(exchange.request(), CallOptions.DEFAULT);
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            Status status = Status.INVALID_ARGUMENT.withDescription(e.getMessage());
            exchange.answer(GatewayErrors.page(GatewayErrors.http(status.getCode()), status));
            return;
        }
        ClientCall<Message, Message> call = channel.newCall(method, options);
        ClientCall.Listener<Message> answers = method.getType().serverSendsOneMessage()
                ? new GatewayCall.One(exchange)
                : new GatewayCall.Many(exchange, call);
        call.start(answers, metadata);
        messages.forEach(call::sendMessage);
        if (!OUTLIVE_THEIR_REQUESTS.contains(method.getFullMethodName())) {
            call.halfClose();
        }
        call.request(1);
        // Not before: a call that is cancelled by one thread while another starts it breaks within gRPC.
        exchange.whenGone(() -> call.cancel("the client has gone", null));
    }

    private static List<Message> messages(MethodDescriptor<Message, Message> method, Request request)
            throws InvalidProtocolBufferException {
        var marshaller = (MethodDescriptor.PrototypeMarshaller<Message>) method.getRequestMarshaller();
        Message prototype = marshaller.getMessagePrototype();
        if (prototype == null) {
            throw new IllegalStateException(method.getFullMethodName() + " has no request to read");
        }
        String text = request.body().toStringUtf8();
        if (method.getType().clientSendsOneMessage()) {
            return List.of(Json.parse(text, prototype));
        }
        var messages = new ArrayList<Message>();
        for (String each : Json.split(text)) {
            messages.add(Json.parse(each, prototype));
        }
        return messages;
    }
}
