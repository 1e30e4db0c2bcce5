package io.keelson.agent;

/** What runs the containers. */
public enum RuntimeKind {
    /** containerd over its socket; needs root. */
    CONTAINERD,
    /** Plain processes, for machines where nobody is root. */
    PROCESS
}
