package io.keelson.cli.store;

import io.keelson.cli.print.Trouble;
import io.keelson.cli.store.Given.Value;
import io.keelson.store.HostPort;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Values with their types; the default where nothing is given.
 *
 * @param given checked ({@link Given#checked})
 */
record Values(Given given) {

    /** A URL as etcd takes it: scheme, host and port, and nothing else. */
    record Url(boolean secure, HostPort address) {
        @Override
        public String toString() {
            return (secure ? "https://" : "http://") + address;
        }
    }

    boolean isGiven(String name) {
        return given.values().containsKey(name);
    }

    /** What is given or the default, never empty. */
    Optional<String> text(String name) {
        var value = given.values().get(name);
        return Optional.of(value == null ? Flags.known(name).standard() : value.text())
                .filter(text -> !text.isEmpty());
    }

    boolean isTrue(String name) {
        return Given.isTrue(text(name).orElse("false"));
    }

    long number(String name) {
        return text(name).flatMap(Given::number).orElse(0L);
    }

    /** A number that must fit an {@code int} and be at least 1. */
    int positive(String name) {
        long number = number(name);
        if (number < 1 || number > Integer.MAX_VALUE)
            throw wrong(name, "a whole number from 1 to " + Integer.MAX_VALUE);
        return (int) number;
    }

    Duration duration(String name) {
        return text(name).flatMap(GoDuration::parse).orElse(Duration.ZERO);
    }

    List<Url> urls(String name) {
        var urls = new ArrayList<Url>();
        for (var part : text(name).orElse("").split(",", -1)) {
            if (!part.isBlank()) urls.add(url(name, part.strip()));
        }
        return List.copyOf(urls);
    }

    Url url(String name, String text) {
        try {
            var url = URI.create(text);
            boolean bare = url.getRawPath() == null
                    || url.getRawPath().isEmpty()
                    || url.getRawPath().equals("/");
            if (url.getHost() != null
                    && url.getPort() > 0
                    && bare
                    && url.getUserInfo() == null
                    && url.getRawQuery() == null
                    && List.of("http", "https").contains(url.getScheme())) {
                var host = url.getHost();
                return new Url(
                        url.getScheme().equals("https"),
                        new HostPort(
                                host.startsWith("[") ? host.substring(1, host.length() - 1) : host, url.getPort()));
            }
        } catch (IllegalArgumentException notOne) {
            throw badUrl(name, text);
        }
        throw badUrl(name, text);
    }

    private Trouble badUrl(String name, String text) {
        return Trouble.usage("invalid value \"" + text + "\" for " + source(name)
                + ": expected is a URL of scheme http or https, host and port, such as http://127.0.0.1:2379");
    }

    /** One of several words. */
    String oneOf(String name, String... words) {
        var text = text(name).orElse("");
        if (!Arrays.asList(words).contains(text)) throw wrong(name, String.join(" or ", words));
        return text;
    }

    Trouble wrong(String name, String expected) {
        return Given.unreadable(new Value(text(name).orElse(""), source(name)), expected);
    }

    /** Where the value stands, for messages. */
    String source(String name) {
        var value = given.values().get(name);
        return value == null ? Flags.known(name).dashed() : value.source();
    }
}
