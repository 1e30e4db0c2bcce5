package io.keelson.cli.cluster;

import io.keelson.cli.print.Trouble;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;

/** Chooses ports: the usual ones when they are free, the next free ones else. */
final class Ports {

    static final int CLIENT = 2379;
    static final int PEER = 2380;
    static final int API = 6443;

    /** How far to look before giving up. */
    private static final int TRIES_MAX = 2_000;

    private static final int STEP = 10;

    private Ports() {}

    /**
     * Ports for some servers: the first from {@code client}, {@code peer} and {@code api}, the next ones ten higher each (2379, 2389, 2399).
     *
     * @param free whether a port can be had
     */
    static List<Plan.Server> choose(int servers, int client, int peer, int api, IntPredicate free) {
        var taken = new HashSet<Integer>();
        var chosen = new ArrayList<Plan.Server>();
        for (int i = 0; i < servers; i++) {
            chosen.add(new Plan.Server(
                    "s" + (i + 1),
                    next(client + i * STEP, free, taken),
                    next(peer + i * STEP, free, taken),
                    next(api + i * STEP, free, taken)));
        }
        return chosen;
    }

    private static int next(int from, IntPredicate free, Set<Integer> taken) {
        for (int port = from; port < from + TRIES_MAX && port <= 0xffff; port++) {
            if (!taken.contains(port) && free.test(port)) {
                taken.add(port);
                return port;
            }
        }
        throw Trouble.of(
                "no free port from " + from + " on",
                "Say where to look with --client-port, --peer-port and --api-port.");
    }

    /** Whether nobody listens on this port of any of this machine's addresses. */
    static boolean isFree(int port) {
        try (var everywhere = new ServerSocket()) {
            everywhere.setReuseAddress(true);
            everywhere.bind(new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), port), 1);
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
