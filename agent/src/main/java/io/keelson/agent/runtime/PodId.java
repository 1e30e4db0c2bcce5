package io.keelson.agent.runtime;

/** Which pod: the uid tells apart pods of one name that follow each other. */
public record PodId(String namespace, String name, String uid) {
    public PodId {
        if (namespace.isEmpty() || name.isEmpty() || uid.isEmpty()) {
            throw new IllegalArgumentException(
                    "pod id: namespace, name and uid are needed: " + namespace + "/" + name + "/" + uid);
        }
    }

    /** {@code namespace/name}, for messages. */
    public String path() {
        return namespace + "/" + name;
    }

    /** The directory of this pod's logs below the agent's log directory: {@code <ns>_<name>_<uid>}. */
    public String logDirectoryName() {
        return namespace + "_" + name + "_" + uid;
    }
}
