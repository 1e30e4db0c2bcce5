package io.keelson.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.keelson.cli.print.Trouble;
import io.keelson.orchestrator.access.AccessConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Words behind {@code keelson server}: what the server is told about who may come, or what is said to who wrote them. */
class AccessOptionsTest {

    private static final String ISSUER = "--oidc-issuer-url=https://id.example.org";

    @TempDir
    Path folder;

    private static AccessConfig access(String... words) {
        return AccessOptions.of(new CommandLine(new ServerCommand().spec()).parseArgs(words));
    }

    private static void refused(String text, String... words) {
        assertThatExceptionOfType(Trouble.class)
                .isThrownBy(() -> access(words))
                .satisfies(trouble -> assertThat(trouble.exitCode()).isEqualTo(Trouble.USAGE))
                .withMessageContaining(text);
    }

    @Test
    void withoutAnyItIsTheDefault() {
        assertThat(access()).isEqualTo(AccessConfig.DEFAULT);
    }

    @Test
    void anonymousIssuerAndSeatsAreTaken() {
        assertThat(access("--anonymous-auth").anonymous()).isTrue();
        assertThat(access("--anonymous-auth=false").anonymous()).isFalse();
        assertThat(access("--anonymous-auth=true").anonymous()).isTrue();
        assertThat(access("--service-account-issuer=https://a.example").issuer())
                .isEqualTo("https://a.example");
        assertThat(access("--max-requests-inflight=7").seats()).isEqualTo(7);
        assertThat(access().bodies().patience()).isEqualTo(Duration.ofSeconds(30));
        assertThat(access("--request-body-timeout=7").bodies().patience()).isEqualTo(Duration.ofSeconds(7));
        refused("--request-body-timeout must be at least 1, but is 0", "--request-body-timeout=0");
        refused("--max-requests-inflight must be at least 1, but is 0", "--max-requests-inflight=0");
        refused("--service-account-issuer", "--service-account-issuer=");
    }

    @Test
    void aProviderIsTakenWithWhatItNeeds() throws IOException {
        var ca = Files.writeString(folder.resolve("ca.pem"), "").toString();
        var oidc = access(
                        ISSUER,
                        "--oidc-client-id=keelson",
                        "--oidc-groups-claim=groups",
                        "--oidc-groups-prefix=org:",
                        "--oidc-required-claim=a=b",
                        "--oidc-required-claim=c=d=e",
                        "--oidc-ca-file=" + ca)
                .oidc()
                .orElseThrow();
        assertThat(oidc.rules().usernameClaim()).isEqualTo("sub");
        assertThat(oidc.rules().usernamePrefix()).isEqualTo("https://id.example.org#");
        assertThat(oidc.rules().groupsClaim()).isEqualTo("groups");
        assertThat(oidc.rules().groupsPrefix()).isEqualTo("org:");
        assertThat(oidc.rules().requiredClaims()).isEqualTo(Map.of("a", "b", "c", "d=e"));
        assertThat(oidc.ca()).isEqualTo(Optional.of(Path.of(ca)));
        assertThat(prefix("--oidc-username-claim=email")).isEmpty();
        assertThat(prefix("--oidc-username-prefix=-")).isEmpty();
        assertThat(prefix("--oidc-username-prefix=id:")).isEqualTo("id:");
    }

    private static String prefix(String word) {
        return access(ISSUER, "--oidc-client-id=k", word)
                .oidc()
                .orElseThrow()
                .rules()
                .usernamePrefix();
    }

    @ParameterizedTest
    @CsvSource({
        "--oidc-client-id=k",
        "--oidc-username-claim=email",
        "--oidc-username-prefix=x",
        "--oidc-groups-claim=groups",
        "--oidc-groups-prefix=x",
        "--oidc-required-claim=a=b",
        "--oidc-ca-file=x"
    })
    void whatIsSaidOfAProviderThatIsNotNamedIsRefused(String word) {
        refused(word.substring(0, word.indexOf('=')) + " needs --oidc-issuer-url", word);
    }

    @Test
    void aProviderThatCannotBeIsRefused() {
        refused("--oidc-issuer-url needs --oidc-client-id", ISSUER);
        refused("must be an https URL", "--oidc-issuer-url=http://id.example.org", "--oidc-client-id=k");
        refused("--oidc-issuer-url", "--oidc-issuer-url=https://[", "--oidc-client-id=k");
        refused("--oidc-required-claim is KEY=VALUE", ISSUER, "--oidc-client-id=k", "--oidc-required-claim=a");
        refused(
                "--oidc-groups-prefix needs --oidc-groups-claim",
                ISSUER,
                "--oidc-client-id=k",
                "--oidc-groups-prefix=x");
        refused(
                "--oidc-required-claim says two things of \"a\"",
                ISSUER,
                "--oidc-client-id=k",
                "--oidc-required-claim=a=b",
                "--oidc-required-claim=a=c");
    }

    @Test
    void theAuditLogIsTaken() throws IOException {
        var policy = Files.writeString(folder.resolve("policy.yaml"), """
                apiVersion: audit.k8s.io/v1
                kind: Policy
                rules: [{level: Metadata}]
                """).toString();
        var path = folder.resolve("audit.log").toString();
        var audit = access("--audit-policy-file", policy, "--audit-log-path", path)
                .audit()
                .orElseThrow();
        assertThat(audit.path()).isEqualTo(Path.of(path));
        assertThat(audit.maxBytes()).isEqualTo(100L << 20);
        assertThat(audit.maxBackups()).isZero();
        var sized = access(
                        "--audit-policy-file=" + policy,
                        "--audit-log-path=" + path,
                        "--audit-log-maxsize=5",
                        "--audit-log-maxbackup=3")
                .audit()
                .orElseThrow();
        assertThat(sized.maxBytes()).isEqualTo(5L << 20);
        assertThat(sized.maxBackups()).isEqualTo(3);
        refused("--audit-policy-file and --audit-log-path belong together", "--audit-policy-file=" + policy);
        refused("--audit-policy-file and --audit-log-path belong together", "--audit-log-path=" + path);
        refused("--audit-log-maxsize needs --audit-log-path", "--audit-log-maxsize=5");
        refused("--audit-log-maxbackup needs --audit-log-path", "--audit-log-maxbackup=5");
        refused(
                "--audit-log-maxsize must be at least 1, but is 0",
                "--audit-policy-file=" + policy,
                "--audit-log-path=" + path,
                "--audit-log-maxsize=0");
        refused(
                "--audit-log-maxbackup must be at least 0, but is -1",
                "--audit-policy-file=" + policy,
                "--audit-log-path=" + path,
                "--audit-log-maxbackup=-1");
    }

    @Test
    void admissionPluginsAreSwitchedByName() {
        var plugins = access(
                        "--disable-admission-plugins=LimitRanger,PodSecurity", "--enable-admission-plugins=Priority")
                .plugins();
        assertThat(plugins.on("LimitRanger")).isFalse();
        assertThat(plugins.on("PodSecurity")).isFalse();
        assertThat(plugins.on("Priority")).isTrue();
        refused("plugin \"Lifecycle\" is unknown", "--disable-admission-plugins=Lifecycle");
        refused("\"AlwaysPullImages\" is not built", "--enable-admission-plugins=AlwaysPullImages");
        refused(
                "[Priority] in enable-admission-plugins and disable-admission-plugins overlapped",
                "--disable-admission-plugins=Priority",
                "--enable-admission-plugins=Priority");
    }

    @Test
    void aPolicyThatIsNoneIsRefusedByItsFile() throws IOException {
        var path = folder.resolve("audit.log").toString();
        var absent = folder.resolve("absent.yaml").toString();
        refused(
                "cannot read --audit-policy-file " + absent,
                "--audit-policy-file=" + absent,
                "--audit-log-path=" + path);
        var wrong = Files.writeString(
                        folder.resolve("wrong.yaml"),
                        "{apiVersion: audit.k8s.io/v1, kind: Policy, rules: [{level: Loud}]}")
                .toString();
        refused("Loud", "--audit-policy-file=" + wrong, "--audit-log-path=" + path);
    }
}
