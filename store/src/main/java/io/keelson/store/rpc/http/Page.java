package io.keelson.store.rpc.http;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.Map;

/**
 * A whole answer.
 *
 * @param status HTTP status
 * @param type media type
 * @param headers further headers
 * @param body what it says
 */
public record Page(int status, String type, Map<String, String> headers, ByteString body) {

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json";

    /** Plain text. */
    public static Page text(int status, String body) {
        return new Page(status, TEXT, Map.of("X-Content-Type-Options", "nosniff"), ByteString.copyFromUtf8(body));
    }

    /** Text of a media type of its own. */
    public static Page of(String type, String body) {
        return new Page(200, type, Map.of(), ByteString.copyFromUtf8(body));
    }

    /** JSON, already printed. */
    public static Page json(int status, String body) {
        return new Page(status, JSON, Map.of(), ByteString.copyFromUtf8(body));
    }

    /** Text as a JSON string, with its quotes. */
    public static String quote(String text) {
        return Json.quote(text);
    }

    /** With one more header. */
    Page with(String header, String value) {
        var more = new HashMap<>(headers);
        more.put(header, value);
        return new Page(status, type, Map.copyOf(more), body);
    }
}
