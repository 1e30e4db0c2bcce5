package io.keelson.agent.net;

import java.nio.file.Path;

/**
 * The network configuration from which containerd makes each pod's network: a pair of devices to the node (ptp) with an address of the node's
 * range. Not a bridge: that needs packets between pods of one node to pass the packet rules by a kernel module.
 *
 * @param mtu of the node's own device; 0: the kernel's choice
 * @param leases where the given addresses are noted
 */
record CniConfig(String podCidr, int mtu, Path leases) {
    static final String NETWORK = "keelson";
    static final String FILE_NAME = "10-keelson.conflist";

    /** Masquerading is off: our own rules do it, without iptables. */
    String json() {
        return """
                {
                  "cniVersion": "0.4.0",
                  "name": "%s",
                  "plugins": [
                    {
                      "type": "ptp",
                      "ipMasq": false,
                      "mtu": %d,
                      "ipam": {
                        "type": "host-local",
                        "dataDir": "%s",
                        "ranges": [[{"subnet": "%s"}]],
                        "routes": [{"dst": "0.0.0.0/0"}]
                      }
                    }
                  ]
                }
                """.formatted(
                        NETWORK, mtu, leases.toString().replace("\\", "\\\\").replace("\"", "\\\""), podCidr);
    }
}
