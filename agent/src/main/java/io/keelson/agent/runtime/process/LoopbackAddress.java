package io.keelson.agent.runtime.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Collection;

/** Addresses for pods that have no network of their own: 127.64.0.0 to 127.127.255.255, all on the machine itself. */
final class LoopbackAddress {
    private LoopbackAddress() {}

    /** The address that {@code seed} leads to, or the next one that is not taken; 127.0.0.1 where the machine knows only that one. */
    static String choose(String seed, Collection<String> taken) {
        if (!usable("127.64.0.1")) {
            return "127.0.0.1";
        }
        int start = seed.hashCode();
        for (int i = 0; i <= 2 * taken.size() + 2; i++) {
            int n = start + i;
            // The last byte is neither 0 nor 255, which some programs refuse.
            var address =
                    "127." + (64 + (n >>> 16 & 63)) + "." + (n >>> 8 & 255) + "." + (1 + Math.floorMod(n & 255, 254));
            if (!taken.contains(address)) {
                return address;
            }
        }
        throw new IllegalStateException("no free loopback address among " + taken.size() + " taken ones");
    }

    private static boolean usable(String address) {
        try (var probe = new ServerSocket(0, 1, InetAddress.getByName(address))) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
