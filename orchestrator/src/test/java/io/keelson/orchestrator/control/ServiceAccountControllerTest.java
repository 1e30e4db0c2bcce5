package io.keelson.orchestrator.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.Picture;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ServiceAccountControllerTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Ref NAMESPACE = Picture.ref(Kinds.NAMESPACE, "default");

    private final ServiceAccountController controller = new ServiceAccountController();

    private static Picture namespace(String more) {
        return Picture.empty()
                .with("{\"apiVersion\": \"v1\", \"kind\": \"Namespace\", \"metadata\": {\"name\": \"default\" %s}}"
                        .formatted(more));
    }

    @Test
    void aNamespaceGetsItsDefaultAccountOnce() {
        Picture picture = namespace("");
        assertThat(controller.reconcile(picture.image(), NAMESPACE, NOW))
                .singleElement()
                .satisfies(action -> assertThat(action.ref()).isEqualTo(Picture.ref(Kinds.SERVICE_ACCOUNT, "default")));
        picture.with("{\"apiVersion\": \"v1\", \"kind\": \"ServiceAccount\", \"metadata\": {\"name\": \"default\"}}");
        assertThat(controller.reconcile(picture.image(), NAMESPACE, NOW)).isEmpty();
    }

    @Test
    void aNamespaceThatIsToGoGetsNothingNew() {
        Picture picture = namespace(", \"deletionTimestamp\": \"2026-01-01T00:00:00Z\"");
        assertThat(controller.reconcile(picture.image(), NAMESPACE, NOW)).isEmpty();
    }
}
