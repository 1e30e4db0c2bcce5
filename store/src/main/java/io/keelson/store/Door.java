package io.keelson.store;

/**
 * An address that clients come to.
 *
 * @param address where to listen
 * @param wire whether TLS is spoken there
 * @param serves what is answered there
 */
public record Door(HostPort address, Wire wire, Serves serves) {

    /** How bytes travel. */
    public enum Wire {
        /** As they are: etcd's {@code http://}. */
        PLAIN,
        /** Encrypted, with {@link StoreConfig#clientTls}: etcd's {@code https://}. */
        TLS
    }

    /** What is behind a door. */
    public enum Serves {
        /** gRPC and HTTP on one port: {@code --listen-client-urls}. */
        EVERYTHING,
        /** gRPC only: {@code --listen-client-urls} when {@code --listen-client-http-urls} is given. */
        GRPC,
        /** HTTP only, the JSON gateway included: {@code --listen-client-http-urls}. */
        HTTP,
        /** Metrics and health only: {@code --listen-metrics-urls}. */
        METRICS;

        /** Whether gRPC is answered. */
        public boolean grpc() {
            return this == EVERYTHING || this == GRPC;
        }

        /** Whether any HTTP/1.1 is answered. */
        public boolean http() {
            return this != GRPC;
        }
    }
}
