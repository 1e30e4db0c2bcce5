package io.keelson.store.rpc.http;

import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

/** What is served under which path. Immutable. */
public final class Site {

    /** Answers requests of one path, soon and without blocking: what may block goes to another thread. */
    public interface Handler {
        /** Answers one. */
        void handle(Exchange exchange);
    }

    private static final System.Logger LOG = System.getLogger(Site.class.getName());

    private final Map<String, Handler> pages;
    private final Optional<Gateway> gateway;

    /**
     * A site.
     *
     * @param pages handlers of GET and HEAD by path; a path that ends in a slash stands for all below it that have no handler of their own
     * @param gateway answers everything below {@code /v3/}, if it is served here
     */
    public Site(Map<String, Handler> pages, Optional<Gateway> gateway) {
        this.pages = Map.copyOf(pages);
        this.gateway = gateway;
    }

    void handle(Exchange exchange) {
        Request request = exchange.request();
        if (gateway.isPresent() && request.path().startsWith(Gateway.PREFIX)) {
            gateway.get().handle(exchange);
            return;
        }
        Optional<Handler> page = page(request.path());
        if (page.isEmpty()) {
            exchange.answer(Page.text(404, "404 page not found; here are " + list() + "\n"));
        } else if (request.method().equals("GET") || request.method().equals("HEAD")) {
            page.get().handle(exchange);
        } else {
            exchange.answer(
                    Page.text(405, "405 only GET and HEAD are served here\n").with("Allow", "GET, HEAD"));
        }
    }

    private Optional<Handler> page(String path) {
        Handler exact = pages.get(path);
        int slash = path.indexOf('/', 1);
        return exact != null || slash < 0
                ? Optional.ofNullable(exact)
                : Optional.ofNullable(pages.get(path.substring(0, slash + 1)));
    }

    private String list() {
        String paths = String.join(", ", new TreeMap<>(pages).keySet());
        return gateway.isPresent() ? paths + ", and the calls of etcd's gateway below " + Gateway.PREFIX : paths;
    }

    /** A handler for a page that is made at once. */
    public static Handler page(Function<Request, Page> make) {
        return exchange -> exchange.answer(make.apply(exchange.request()));
    }

    /** A handler that runs elsewhere, for what may block. What it throws is answered with 500, and told in the log. */
    public static Handler on(Executor workers, Consumer<Exchange> handler) {
        return exchange -> workers.execute(() -> {
            try {
                handler.accept(exchange);
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "the page " + exchange.request().path() + " cannot be made", e);
                exchange.answer(Page.text(500, "500 " + e + "\n"));
            }
        });
    }
}
