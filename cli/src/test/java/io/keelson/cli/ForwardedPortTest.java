package io.keelson.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keelson.cli.print.Render;
import io.keelson.cli.print.Trouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class ForwardedPortTest {

    private static final ObjectNode SERVICE = Render.parse("""
            {"metadata":{"name":"web"},"spec":{"ports":[{"name":"plain","port":80,"targetPort":8080},
            {"name":"tls","port":443,"targetPort":"https"},{"name":"same","port":9000}]}}""");

    private static final ObjectNode POD = Render.parse("""
            {"metadata":{"name":"web-1"},"spec":{"containers":[{"name":"c","ports":[{"name":"https","containerPort":8443}]}]}}""");

    @Test
    void portsAreWrittenAsForKubectl() {
        assertThat(ForwardedPort.parse("80")).isEqualTo(new ForwardedPort(80, "80"));
        assertThat(ForwardedPort.parse("8080:80")).isEqualTo(new ForwardedPort(8080, "80"));
        assertThat(ForwardedPort.parse(":80")).isEqualTo(new ForwardedPort(0, "80"));
        assertThat(ForwardedPort.parse("8443:https")).isEqualTo(new ForwardedPort(8443, "https"));
        assertThat(ForwardedPort.parse("https")).isEqualTo(new ForwardedPort(0, "https"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", "80:", "1:2:3", "0", "1:0", "65536", "1:65536", "x:80", "-1:80", "99999999999"})
    void whatIsNoPortIsToldSo(String text) {
        assertThatThrownBy(() -> ForwardedPort.parse(text))
                .isInstanceOf(Trouble.class)
                .hasMessage("\"" + text + "\" is no port");
    }

    @Test
    void aServicesPortLeadsToThePodsByNumberOrName() {
        assertThat(ForwardedPort.parse("1:80").ofService(SERVICE).ofPod(POD)).isEqualTo(8080);
        assertThat(ForwardedPort.parse("1:tls").ofService(SERVICE).ofPod(POD)).isEqualTo(8443);
        assertThat(ForwardedPort.parse("1:443").ofService(SERVICE)).isEqualTo(new ForwardedPort(1, "https"));
        assertThat(ForwardedPort.parse("1:9000").ofService(SERVICE).ofPod(POD)).isEqualTo(9000);
        assertThatThrownBy(() -> ForwardedPort.parse("1:81").ofService(SERVICE))
                .hasMessage("Service web does not have a service port 81");
        assertThatThrownBy(() -> ForwardedPort.parse("1:none").ofPod(POD))
                .hasMessage("Pod 'web-1' does not have a named port 'none'");
    }
}
