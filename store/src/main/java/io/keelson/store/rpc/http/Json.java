package io.keelson.store.rpc.http;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages as etcd's gateway writes and reads them: the proto's own field names, 64-bit numbers as strings, bytes in base64 (URL-safe too
 * on the way in), enums by name (or number on the way in), zeros left out, unknown fields overlooked.
 */
final class Json {

    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer().preservingProtoFieldNames().omittingInsignificantWhitespace();
    private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();

    private Json() {}

    static String print(Message message) {
        try {
            return PRINTER.print(message);
        } catch (InvalidProtocolBufferException e) {
            // Only an Any of an unknown type cannot be printed, and no answer has one.
            throw new IllegalArgumentException("an answer cannot be printed: " + e.getMessage(), e);
        }
    }

    /** A JSON string with its quotes. */
    static String quote(String text) {
        return print(com.google.protobuf.StringValue.of(text));
    }

    /**
     * Reads one message; nothing at all is the message without fields.
     *
     * @throws InvalidProtocolBufferException if it cannot be read; the message says where and why
     */
    static Message parse(String json, Message prototype) throws InvalidProtocolBufferException {
        Message.Builder message = prototype.newBuilderForType();
        if (!json.isBlank()) {
            PARSER.merge(json, message);
        }
        return message.build();
    }

    /**
     * The objects that stand one behind the other. {@code {"a":1} {"b":"}"}} are two. What is left over at the end is one more, whatever
     * it is: who reads it will say what is wrong with it.
     */
    static List<String> split(String text) {
        var objects = new ArrayList<String>();
        int depth = 0;
        int begin = 0;
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted) {
                if (c == '\\') {
                    i++;
                } else if (c == '"') {
                    quoted = false;
                }
            } else if (c == '"') {
                quoted = true;
            } else if (c == '{') {
                depth++;
            } else if (c == '}' && --depth == 0) {
                objects.add(text.substring(begin, i + 1));
                begin = i + 1;
            }
        }
        if (begin < text.length() && !text.substring(begin).isBlank()) {
            objects.add(text.substring(begin));
        }
        return objects;
    }
}
