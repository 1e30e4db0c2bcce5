package io.keelson.agent.runtime.containerd;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.keelson.agent.runtime.Image;
import io.keelson.agent.runtime.RegistryLogin;
import io.keelson.agent.runtime.RuntimeFault;
import io.keelson.proto.cri.AuthConfig;
import io.keelson.proto.cri.ImageServiceGrpc;
import io.keelson.proto.cri.ImageSpec;
import io.keelson.proto.cri.ImageStatusRequest;
import io.keelson.proto.cri.ImageStatusResponse;
import io.keelson.proto.cri.PullImageRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The images of one containerd. */
final class CriImages {
    private static final Duration QUESTION = Duration.ofSeconds(20);
    private static final Duration PULL = Duration.ofMinutes(20);

    private final ManagedChannel channel;
    private final ImageImport archives;

    /** {@code imported} is where it is remembered which archives were imported. */
    CriImages(ManagedChannel channel, Path imported) {
        this.channel = channel;
        this.archives = new ImageImport(channel, imported, name -> find(name).isPresent());
    }

    Optional<Image> find(String image) {
        String name = ImageName.full(image);
        try {
            ImageStatusResponse answer = stub(QUESTION)
                    .imageStatus(
                            ImageStatusRequest.newBuilder().setImage(spec(name)).build());
            return answer.hasImage() ? Optional.of(CriMessages.image(name, answer.getImage())) : Optional.empty();
        } catch (StatusRuntimeException e) {
            throw Faults.of(e, RuntimeFault.Failed::new);
        }
    }

    Image pull(String image, Optional<RegistryLogin> login) {
        String name = ImageName.full(image);
        PullImageRequest.Builder request = PullImageRequest.newBuilder().setImage(spec(name));
        login.ifPresent(known -> request.setAuth(AuthConfig.newBuilder()
                .setUsername(known.username())
                .setPassword(known.password())
                .setServerAddress(known.server())));
        try {
            String pulled = stub(PULL).pullImage(request.build()).getImageRef();
            return find(name)
                    .or(() -> find(pulled))
                    .orElseThrow(() -> new RuntimeFault.ImagePullFailed(name + " was pulled and is not there"));
        } catch (StatusRuntimeException e) {
            throw Faults.ofPull(e, name);
        }
    }

    List<String> importArchive(Path archive) {
        try {
            return archives.importArchive(archive);
        } catch (StatusRuntimeException e) {
            throw Faults.of(e, message -> new RuntimeFault.Failed("importing " + archive + ": " + message, e));
        }
    }

    private static ImageSpec spec(String name) {
        return ImageSpec.newBuilder().setImage(name).build();
    }

    private ImageServiceGrpc.ImageServiceBlockingStub stub(Duration deadline) {
        return ImageServiceGrpc.newBlockingStub(channel)
                .withWaitForReady()
                .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }
}
