package io.keelson.agent.runtime;

/** How to introduce oneself to a registry; from the pod's imagePullSecrets. */
public record RegistryLogin(String server, String username, String password) {
    @Override
    public String toString() {
        return "RegistryLogin[" + server + ", " + username + "]";
    }
}
