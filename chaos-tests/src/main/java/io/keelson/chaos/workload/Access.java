package io.keelson.chaos.workload;

import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLException;

/**
 * How to reach a cluster.
 *
 * @param stores client addresses of the store's members, {@code host:port}
 * @param servers addresses of the API servers, {@code host:port}
 * @param trust certificate authority, PEM
 * @param certificate an administrator's certificate, PEM
 * @param key its key, PEM (PKCS#8)
 */
public record Access(List<String> stores, List<String> servers, Path trust, Path certificate, Path key) {

    Endpoints storeEndpoints(int first) throws SSLException {
        return new Endpoints(stores, first, trust, certificate, key);
    }

    Endpoints serverEndpoints(int first) throws SSLException {
        return new Endpoints(servers, first, trust, certificate, key);
    }
}
