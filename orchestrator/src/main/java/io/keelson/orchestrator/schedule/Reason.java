package io.keelson.orchestrator.schedule;

/** Why a node cannot have a pod. */
public sealed interface Reason {

    /** In Kubernetes' words, to follow a number of nodes. */
    String text();

    /** Too little is left of a resource. */
    record Insufficient(String resource) implements Reason {
        @Override
        public String text() {
            return resource.equals("pods") ? "Too many pods" : "Insufficient " + resource;
        }
    }

    /** The node has a taint that the pod does not tolerate. */
    record UntoleratedTaint(String key, String value) implements Reason {
        @Override
        public String text() {
            return "node(s) had untolerated taint {" + key + ": " + value + "}";
        }
    }

    /** A rule that says no, without more to tell. */
    enum Rule implements Reason {
        /** The node gets no new pods. */
        UNSCHEDULABLE("node(s) were unschedulable"),
        /** The node's labels are not what the pod asks for. */
        NODE_AFFINITY("node(s) didn't match Pod's node affinity/selector"),
        /** Another pod has the port. */
        HOST_PORTS("node(s) didn't have free ports for the requested pod ports"),
        /** The pods it wants to be near to are elsewhere. */
        POD_AFFINITY("node(s) didn't match pod affinity rules"),
        /** A pod it wants to be away from is there. */
        POD_ANTI_AFFINITY("node(s) didn't match pod anti-affinity rules"),
        /** A pod is there that wants to be away from it. */
        EXISTING_ANTI_AFFINITY("node(s) didn't satisfy existing pods anti-affinity rules"),
        /** Too many of its like are there already. */
        TOPOLOGY_SPREAD("node(s) didn't match pod topology spread constraints"),
        /** The node lacks the label over which it is to be spread. */
        TOPOLOGY_LABEL("node(s) didn't match pod topology spread constraints (missing required label)");

        private final String text;

        Rule(String text) {
            this.text = text;
        }

        @Override
        public String text() {
            return text;
        }
    }
}
