package io.keelson.agent.loop;

import io.fabric8.kubernetes.api.model.ServiceAccountTokenProjection;
import io.fabric8.kubernetes.api.model.Volume;
import io.keelson.agent.pod.DesiredPod;
import io.keelson.agent.volume.PodTokens;
import io.keelson.agent.volume.VolumeProblem;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The tokens in the volumes of a node's pods. As with the kubelet, one is made anew when four fifths of its time are over, or a day. Thread
 * safe; pods do not wait for each other.
 */
final class ServiceAccountTokens implements PodTokens {
    private static final Duration OLDEST = Duration.ofHours(24);
    /** Of a projection that does not say; the API server says so too. */
    private static final long SECONDS_DEFAULT = 3600;

    private record Key(String pod, String account, String audience, long seconds) {}

    private record Held(ControlPlane.Token token, Instant since) {
        boolean isDue(Instant now) {
            var life = Duration.between(since, token.expires());
            var good = life.multipliedBy(4).dividedBy(5);
            return !now.isBefore(since.plus(good.compareTo(OLDEST) < 0 ? good : OLDEST));
        }
    }

    private final ControlPlane control;
    private final InstantSource clock;
    private final Map<Key, Held> held = new ConcurrentHashMap<>();

    ServiceAccountTokens(ControlPlane control, InstantSource clock) {
        this.control = control;
        this.clock = clock;
    }

    private static Key key(DesiredPod pod, ServiceAccountTokenProjection wanted) {
        var account = Objects.requireNonNullElse(pod.spec().getServiceAccountName(), "");
        return new Key(
                pod.id().uid(),
                account.isEmpty() ? "default" : account,
                Objects.requireNonNullElse(wanted.getAudience(), ""),
                Objects.requireNonNullElse(wanted.getExpirationSeconds(), SECONDS_DEFAULT));
    }

    @Override
    public String token(DesiredPod pod, ServiceAccountTokenProjection wanted) throws VolumeProblem {
        var key = key(pod, wanted);
        var now = clock.instant();
        var before = Optional.ofNullable(held.get(key));
        if (before.isPresent() && !before.get().isDue(now)) {
            return before.get().token().value();
        }
        try {
            var audience = Optional.of(key.audience()).filter(a -> !a.isEmpty());
            var fresh = control.token(pod.id(), key.account(), audience, key.seconds());
            held.put(key, new Held(fresh, now));
            return fresh.value();
        } catch (ControlPlane.Unreachable | ControlPlane.Refused e) {
            // The next look asks again; until its end the one from before is as good.
            return before.filter(h -> now.isBefore(h.token().expires()))
                    .map(h -> h.token().value())
                    .orElseThrow(() -> new VolumeProblem("failed to fetch token: " + e.getMessage()));
        }
    }

    /** Whether a pod has a token that should be made anew. */
    boolean isDue(DesiredPod pod) {
        var now = clock.instant();
        return list(pod.spec().getVolumes()).stream()
                .map(Volume::getProjected)
                .filter(Objects::nonNull)
                .flatMap(projected -> list(projected.getSources()).stream())
                .filter(source -> source.getServiceAccountToken() != null)
                .map(source -> held.get(key(pod, source.getServiceAccountToken())))
                .anyMatch(token -> token != null && token.isDue(now));
    }

    /** Of a pod that has ended. */
    void forget(String podUid) {
        held.keySet().removeIf(key -> key.pod().equals(podUid));
    }

    private static <T> List<T> list(List<T> maybe) {
        return maybe == null ? List.of() : maybe;
    }
}
