package io.keelson.cli.quick;

import io.keelson.cli.client.KnownServers;
import io.keelson.cli.cluster.Jvm;
import io.keelson.cli.print.Columns;
import io.keelson.cli.print.Table;
import io.keelson.cli.print.TableText;
import io.keelson.cli.print.Terminal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The program behind {@code keelson get}: answers the common question itself, and starts the full client for all others. */
public final class QuickGet {

    /** The property that names the natives of TLS; without it nothing is quick. */
    private static final String LIBRARY = "keelson.tls";

    /** How it says, to who looks for it, that it has stepped aside. */
    public static final String ASIDE = "not the quick way: ";

    private static final int CONNECT_TIMEOUT_MILLIS = 2_000;
    private static final String SERVICE = "/keelson.v1.Resources/";

    private final Question question;
    private final QuickAccess access;
    private final KnownServers known;
    private final Terminal terminal;

    private QuickGet(Question question, QuickAccess access, KnownServers known, Terminal terminal) {
        this.question = question;
        this.access = access;
        this.known = known;
        this.terminal = terminal;
    }

    /** Runs one command, {@code get} and what follows, and ends the process with its exit code. */
    public static void main(String[] words) throws IOException, InterruptedException {
        Terminal terminal = Terminal.ofProcess();
        int code = 0;
        try {
            String library = System.getProperty(LIBRARY);
            if (library == null) throw new StepAside("there is no native TLS for this machine");
            answer(words, terminal, library);
        } catch (StepAside why) {
            if (terminal.variable("KEELSON_DEBUG").isPresent()) terminal.err().println(ASIDE + why.getMessage());
            code = full(words);
        }
        terminal.out().flush();
        terminal.err().flush();
        // Nothing is left to be done, and an orderly end takes time.
        Runtime.getRuntime().halt(code);
    }

    /** The full client in a process of its own, which has this one's terminal, and ends with it. */
    private static int full(String[] words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Jvm.command("client", List.of(words)))
                .inheritIO()
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        return process.waitFor();
    }

    /**
     * Answers, or has printed nothing.
     *
     * @param library the natives of TLS
     */
    static void answer(String[] words, Terminal terminal, String library) throws StepAside {
        Question question = Question.of(words);
        QuickAccess access = QuickAccess.read(question.kubeconfig(terminal));
        Optional<KnownServers> known = KnownServers.of(terminal);
        if (known.isEmpty()) throw new StepAside("there is no home");
        BoringTls.load(library);
        new QuickGet(question, access, known.get(), terminal).answer();
    }

    private void answer() throws StepAside {
        boolean list = question.name().isEmpty();
        String namespace = question.namespaceOr(access.namespace());
        byte[] request = list ? Messages.list(question, namespace) : Messages.get(question, namespace);
        byte[] response = ask(SERVICE + (list ? "List" : "Get"), request);
        if (question.isTable()) print(Answer.table(response, list), list, namespace);
        else for (String name : Answer.names(response)) terminal.out().println(name);
    }

    private byte[] ask(String method, byte[] request) throws StepAside {
        for (String server : access.servers()) {
            SocketChannel channel;
            try {
                channel = connect(server);
            } catch (IOException refused) {
                continue;
            }
            try (Tls tls = BoringTls.connect(channel, access, new Memory(known, server, access.trust()))) {
                return new UnaryCall(tls).ask(server, method, request);
            } catch (IOException failed) {
                throw new StepAside(server + ": " + failed.getMessage());
            }
        }
        throw new StepAside("no server answers");
    }

    /** Accepts what the full client has checked before. */
    private record Memory(KnownServers known, String server, String trust) implements Tls.Judge {
        @Override
        public boolean accepts(byte[][] chain) {
            byte[] authorities = trust.getBytes(StandardCharsets.ISO_8859_1);
            return known.holds(server, authorities, chain, System.currentTimeMillis());
        }
    }

    private static SocketChannel connect(String server) throws IOException {
        int colon = server.indexOf(':');
        InetSocketAddress address =
                new InetSocketAddress(server.substring(0, colon), Integer.parseInt(server.substring(colon + 1)));
        if (address.isUnresolved()) throw new IOException("an unknown host");
        SocketChannel channel = SocketChannel.open();
        try {
            channel.socket().connect(address, CONNECT_TIMEOUT_MILLIS);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            return channel;
        } catch (IOException refused) {
            channel.close();
            throw refused;
        }
    }

    private void print(Table table, boolean list, String namespace) {
        if (list && table.rows().isEmpty()) {
            terminal.err()
                    .println(
                            question.everywhere()
                                    ? "No resources found."
                                    : "No resources found in namespace " + namespace + ".");
            return;
        }
        TableText text = new TableText(question.format().equals("wide"), question.everywhere(), terminal);
        List<List<String>> rows = new ArrayList<>();
        if (question.headers()) rows.add(text.header(table));
        rows.addAll(text.rows(table, Optional.empty()));
        for (String line : Columns.lines(rows)) terminal.out().println(line);
    }
}
