package io.keelson.cli.client;

import io.keelson.cli.print.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a full check of a server's certificates has found, kept in the user's cache folder for commands that cannot afford the check: that
 * this chain, shown at this address, is good by these authorities, while the certificates are in force. Whoever asks gives all of it, byte for byte; a new
 * certificate, another authority or another address is unknown, and must be checked again.
 *
 * <p>A check depends on nothing else but the time, so what is kept is not less than the check. Who can write to the folder can change the
 * kubeconfig and its authorities as well.
 *
 * @param folder holds a file for each address and authority; need not exist
 */
public record KnownServers(File folder) {

    private static final int LARGEST_BYTES = 1 << 18;
    private static final char END_OF_TIMES = '\n';

    /** Of the user at this terminal; none if there is no place to keep anything. */
    public static Optional<KnownServers> of(Terminal terminal) {
        var cache = terminal.variable("XDG_CACHE_HOME");
        if (cache.isPresent()) return Optional.of(new KnownServers(new File(cache.get(), "keelson/servers")));
        var home = terminal.variable("HOME");
        if (home.isEmpty()) return Optional.empty();
        return Optional.of(new KnownServers(new File(home.get(), ".cache/keelson/servers")));
    }

    /** Where the chain of a server is kept. Authorities that share a file would only displace each other. */
    public File file(String address, byte[] trust) {
        return new File(folder, address.replace(':', '_') + "-" + Integer.toHexString(Arrays.hashCode(trust)));
    }

    /**
     * Whether a check of these very bytes succeeded, and still would.
     *
     * @param address {@code host:port}
     * @param trust the authorities, PEM
     * @param chain the server's certificates, DER
     * @param now milliseconds since 1970
     */
    public boolean holds(String address, byte[] trust, byte[][] chain, long now) {
        try (var in = new FileInputStream(file(address, trust))) {
            byte[] kept = in.readNBytes(LARGEST_BYTES);
            byte[] facts = facts(address, trust, chain);
            int begin = kept.length - facts.length;
            if (begin <= 0 || !Arrays.equals(kept, begin, kept.length, facts, 0, facts.length)) return false;
            return isWithin(new String(kept, 0, begin, StandardCharsets.ISO_8859_1), now);
        } catch (IOException unknown) {
            return false;
        }
    }

    private static boolean isWithin(String times, long now) {
        int blank = times.indexOf(' ');
        if (blank < 0 || times.indexOf(END_OF_TIMES) != times.length() - 1) return false;
        try {
            long from = Long.parseLong(times.substring(0, blank));
            long until = Long.parseLong(times.substring(blank + 1, times.length() - 1));
            return from <= now && now <= until;
        } catch (NumberFormatException notOurs) {
            return false;
        }
    }

    /** What a file holds: the first and the last millisecond at which the certificates are in force, and the facts. */
    static byte[] content(String address, byte[] trust, byte[][] chain, long from, long until) {
        var content = new ByteArrayOutputStream();
        var times = from + " " + until + END_OF_TIMES;
        content.writeBytes(times.getBytes(StandardCharsets.ISO_8859_1));
        content.writeBytes(facts(address, trust, chain));
        return content.toByteArray();
    }

    /** Each part with its length, so that no two lists of parts look alike. */
    private static byte[] facts(String address, byte[] trust, byte[][] chain) {
        var facts = new ByteArrayOutputStream(4096);
        put(facts, address.getBytes(StandardCharsets.UTF_8));
        put(facts, trust);
        for (byte[] certificate : chain) put(facts, certificate);
        return facts.toByteArray();
    }

    private static void put(ByteArrayOutputStream facts, byte[] part) {
        int length = part.length;
        facts.write(length >>> 24);
        facts.write(length >>> 16);
        facts.write(length >>> 8);
        facts.write(length);
        facts.write(part, 0, length);
    }
}
