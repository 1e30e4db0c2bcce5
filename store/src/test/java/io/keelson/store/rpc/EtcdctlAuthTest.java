package io.keelson.store.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Goal: users, roles and passwords work as an operator is used to. Method: Debian's etcdctl as a process. */
class EtcdctlAuthTest {

    private final ServerFixture server = new ServerFixture();

    @BeforeEach
    void enable() throws Exception {
        assertThat(etcdctl("user", "add", "root:secret")).isEqualTo("User root created\n");
        assertThat(etcdctl("role", "add", "root")).isEqualTo("Role root created\n");
        assertThat(etcdctl("user", "grant-role", "root", "root")).isEqualTo("Role root is granted to user root\n");
        assertThat(etcdctl("auth", "enable")).isEqualTo("Authentication Enabled\n");
    }

    @AfterEach
    void close() {
        server.close();
    }

    private record Said(int status, String text) {}

    private Said run(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of("etcdctl", "--endpoints", "http://" + server.address));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("ETCDCTL_API", "3");
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Said(process.waitFor(), said);
        } catch (IOException e) {
            return fail("this test runs etcdctl, which is not there: install the package etcd-client", e);
        }
    }

    /** What etcdctl says; it must succeed. */
    private String etcdctl(String... arguments) throws Exception {
        Said said = run(arguments);
        assertThat(said.status).as(said.text).isZero();
        return said.text;
    }

    private String root(String... arguments) throws Exception {
        return etcdctl(as("root:secret", arguments));
    }

    private static String[] as(String user, String... arguments) {
        var all = new ArrayList<>(List.of("--user", user));
        all.addAll(List.of(arguments));
        return all.toArray(String[]::new);
    }

    private void refused(String text, String... arguments) throws Exception {
        Said said = run(arguments);
        assertThat(said.status).as(said.text).isNotZero();
        assertThat(said.text).contains(text);
    }

    @Test
    void onlyWhoHasThePasswordGetsIn() throws Exception {
        refused("etcdserver: user name is empty", "put", "a", "1");
        refused("etcdserver: user name is empty", "get", "a");
        refused("etcdserver: authentication failed, invalid user ID or password", as("root:wrong", "get", "a"));
        refused("etcdserver: authentication failed, invalid user ID or password", as("nobody:secret", "get", "a"));
        assertThat(root("put", "a", "1")).isEqualTo("OK\n");
        assertThat(root("get", "a")).isEqualTo("a\n1\n");
    }

    @Test
    void aRoleOpensItsRangeAndNothingElse() throws Exception {
        root("user", "add", "ann:pw");
        root("role", "add", "apples");
        assertThat(root("role", "grant-permission", "apples", "--prefix=true", "readwrite", "apple/"))
                .isEqualTo("Role apples updated\n");
        root("role", "grant-permission", "apples", "read", "tree");
        root("user", "grant-role", "ann", "apples");

        assertThat(etcdctl(as("ann:pw", "put", "apple/1", "red"))).isEqualTo("OK\n");
        assertThat(etcdctl(as("ann:pw", "get", "--prefix", "apple/"))).isEqualTo("apple/1\nred\n");
        assertThat(etcdctl(as("ann:pw", "get", "tree"))).isEmpty();
        refused("etcdserver: permission denied", as("ann:pw", "put", "tree", "oak"));
        refused("etcdserver: permission denied", as("ann:pw", "get", "--from-key", "tree"));
        refused("etcdserver: permission denied", as("ann:pw", "get", "--prefix", ""));
        refused("etcdserver: permission denied", as("ann:pw", "user", "list"));
        refused("etcdserver: permission denied", as("ann:pw", "compaction", "1"));

        assertThat(root("role", "get", "apples"))
                .contains("KV Read:\n\t[apple/, apple0) (prefix apple/)\n\ttree")
                .contains("KV Write:\n\t[apple/, apple0) (prefix apple/)");
        assertThat(root("role", "revoke-permission", "apples", "--prefix=true", "apple/"))
                .contains("Permission of range [apple/, apple0) is revoked from role apples");
        refused("etcdserver: permission denied", as("ann:pw", "put", "apple/1", "green"));
    }

    @Test
    void usersComeChangeAndGo() throws Exception {
        root("user", "add", "ann:pw");
        assertThat(root("user", "list")).isEqualTo("ann\nroot\n");
        assertThat(root("role", "list")).isEqualTo("root\n");
        assertThat(root("user", "get", "root")).contains("User: root").contains("Roles: root");
        refused("etcdserver: user name already exists", as("root:secret", "user", "add", "ann:pw"));
        assertThat(root("user", "delete", "ann")).isEqualTo("User ann deleted\n");
        refused("etcdserver: user name not found", as("root:secret", "user", "get", "ann"));
        refused("etcdserver: invalid auth management", as("root:secret", "user", "delete", "root"));
        refused("etcdserver: invalid auth management", as("root:secret", "role", "delete", "root"));
    }

    @Test
    void disabledAgainEverybodyMayDoEverything() throws Exception {
        refused("etcdserver: user name is empty", "auth", "disable");
        assertThat(root("auth", "disable")).isEqualTo("Authentication Disabled\n");
        assertThat(etcdctl("put", "a", "1")).isEqualTo("OK\n");
        // etcdctl asks for a token, hears that there are none, and goes on without.
        assertThat(root("get", "a"))
                .contains("etcdserver: authentication is not enabled")
                .endsWith("a\n1\n");
    }

    @Test
    void watchesAndLeasesAskForPermission() throws Exception {
        root("user", "add", "ann:pw");
        root("role", "add", "apples");
        root("role", "grant-permission", "apples", "readwrite", "apple");
        root("user", "grant-role", "ann", "apples");
        refused("etcdserver: permission denied", as("ann:pw", "watch", "pear"));
        String lease = etcdctl(as("ann:pw", "lease", "grant", "100")).split(" ", -1)[1];
        etcdctl(as("ann:pw", "put", "apple", "1", "--lease", lease));
        assertThat(etcdctl(as("ann:pw", "lease", "keep-alive", "--once", lease)))
                .contains("keepalived");
        root("put", "pear", "1", "--lease", lease);
        refused("etcdserver: permission denied", as("ann:pw", "lease", "revoke", lease));
        refused("etcdserver: permission denied", as("ann:pw", "put", "apple", "2", "--lease", lease));
        refused("etcdserver: permission denied", as("ann:pw", "lease", "timetolive", "--keys", lease));
        assertThat(etcdctl(as("ann:pw", "lease", "timetolive", lease))).contains("granted with TTL(100s)");
        assertThat(root("lease", "revoke", lease)).contains("revoked");
    }

    @Test
    void aPasswordlessUserHasNoPassword() throws Exception {
        assertThat(root("user", "add", "robot", "--no-password")).contains("created");
        refused("password was given for no password user", as("robot:x", "get", "a"));
    }
}
