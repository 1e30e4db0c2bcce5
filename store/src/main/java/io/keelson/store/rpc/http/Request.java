package io.keelson.store.rpc.http;

import com.google.protobuf.ByteString;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;

/**
 * A request, all of it.
 *
 * @param method GET, POST ...
 * @param path what stands before the question mark
 * @param query what stands behind it
 * @param headers its headers
 * @param body its body, empty if there is none
 * @param from who asks
 */
public record Request(
        String method,
        String path,
        Map<String, List<String>> query,
        HttpHeaders headers,
        ByteString body,
        SocketAddress from) {

    /** Parameters of a query that are looked at; what comes behind is not. */
    private static final int MAX_PARAMETERS = 64;

    /**
     * Of a target as it stands in the request line.
     *
     * @throws IllegalArgumentException if its escapes are wrong
     */
    static Request of(String method, String target, HttpHeaders headers, ByteString body, SocketAddress from) {
        var decoder = QueryStringDecoder.builder().maxParams(MAX_PARAMETERS).build(target);
        return new Request(method, decoder.path(), decoder.parameters(), headers, body, from);
    }

    /** Whether a parameter is there, whatever its value. */
    public boolean has(String parameter) {
        return query.containsKey(parameter);
    }

    /** All values of a parameter. */
    public List<String> all(String parameter) {
        return query.getOrDefault(parameter, List.of());
    }
}
