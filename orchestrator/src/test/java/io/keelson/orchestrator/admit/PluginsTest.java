package io.keelson.orchestrator.admit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.registry.Rejection;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** What an operator says of plugins, and what then has a say. */
class PluginsTest {

    private static void refused(List<String> enable, List<String> disable, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Plugins.of(enable, disable))
                .withMessage(message);
    }

    @Test
    void whatIsOnByItselfMayBeNamedAndOthersNot() {
        assertThat(Plugins.of(List.of("PodSecurity", "ResourceQuota", "DefaultTolerationSeconds"), List.of()))
                .isEqualTo(Plugins.ALL);
        assertThat(Plugins.of(List.of(), List.of("LimitRanger", "AlwaysPullImages"))
                        .on("LimitRanger"))
                .isFalse();
        refused(
                List.of("AlwaysPullImages"),
                List.of(),
                "--enable-admission-plugins: plugin \"AlwaysPullImages\" is not built");
        refused(List.of("Nothing"), List.of(), "enable-admission-plugins plugin \"Nothing\" is unknown");
        refused(List.of(), List.of("podsecurity"), "disable-admission-plugins plugin \"podsecurity\" is unknown");
        refused(
                List.of(),
                List.of("NamespaceLifecycle"),
                "--disable-admission-plugins: plugin \"NamespaceLifecycle\" cannot be switched off here");
        refused(
                List.of("Priority"),
                List.of("Priority"),
                "[Priority] in enable-admission-plugins and disable-admission-plugins overlapped");
    }

    @Test
    void whatIsOffByDefaultHasASayIfItIsNamed() {
        assertThat(Plugins.ALL.on(Plugins.OWNERS)).isFalse();
        assertThat(Plugins.of(List.of(Plugins.OWNERS), List.of()).on(Plugins.OWNERS))
                .isTrue();
        assertThat(Plugins.of(List.of(), List.of(Plugins.OWNERS)).on(Plugins.OWNERS))
                .isFalse();
    }

    @Test
    void aPluginThatIsSwitchedOffHasNoSay() {
        Objects facts =
                Objects.with("{\"apiVersion\": \"v1\", \"kind\": \"Namespace\", \"metadata\": {\"name\": \"ns\","
                        + " \"labels\": {\"pod-security.kubernetes.io/enforce\": \"baseline\"}}}");
        Request request =
                Objects.create(Objects.pod("\"hostNetwork\": true, \"serviceAccountName\": \"default\",", ""));
        assertThat(BuiltIns.validate(request, facts, Plugins.ALL)
                        .refusal()
                        .map(Rejection::message)
                        .orElse(""))
                .contains("violates PodSecurity");
        assertThat(BuiltIns.validate(request, facts, Plugins.of(List.of(), List.of("PodSecurity")))
                        .refusal())
                .isEmpty();
    }

    @Test
    void aClaimGrowsIfItsClassSaysSo() {
        String of =
                "{\"apiVersion\": \"v1\", \"kind\": \"PersistentVolumeClaim\", \"metadata\": {\"name\": \"c\", \"namespace\": \"ns\"},"
                        + " \"spec\": {\"storageClassName\": \"%s\", \"resources\": {\"requests\": {\"storage\": \"%s\"}}}}";
        Objects facts = Objects.with(
                "{\"apiVersion\": \"storage.k8s.io/v1\", \"kind\": \"StorageClass\", \"metadata\": {\"name\": \"grows\"},"
                        + " \"allowVolumeExpansion\": true}",
                "{\"apiVersion\": \"storage.k8s.io/v1\", \"kind\": \"StorageClass\", \"metadata\": {\"name\": \"fixed\"}}");
        for (String name : List.of("grows", "fixed", "absent")) {
            ObjectNode small = Json.parse(of.formatted(name, "1Gi"));
            ObjectNode large = Json.parse(of.formatted(name, "1025Mi"));
            var refusal = BuiltIns.validate(Objects.update(small, large), facts, Plugins.ALL)
                    .refusal();
            assertThat(refusal.isEmpty()).as(name).isEqualTo(name.equals("grows"));
            assertThat(BuiltIns.validate(Objects.update(large, large), facts, Plugins.ALL)
                            .refusal())
                    .isEmpty();
            refusal.ifPresent(why -> assertThat(why.message())
                    .isEqualTo(
                            "persistentvolumeclaims \"c\" is forbidden: only dynamically provisioned pvc can be resized and"
                                    + " the storageclass that provisions the pvc must support resize"));
        }
    }
}
