package io.keelson.agent.runtime.process;

import io.keelson.agent.runtime.ContainerId;
import io.keelson.agent.runtime.RuntimeFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.stream.Stream;

/** The directories of all containers. One is there with its first complete file, or not at all. */
record ContainerHomes(Path directory) {
    private static final String BEING_MADE = ".new";

    /** Those in a directory, which is made if it is not there. */
    static ContainerHomes in(Path directory) throws IOException {
        Files.createDirectories(directory);
        return new ContainerHomes(directory);
    }

    /** Where a container is prepared, until {@link #finish}. */
    ContainerHome begin(String id) {
        return new ContainerHome(directory.resolve(id + BEING_MADE));
    }

    /** Where a container will be. */
    ContainerHome at(String id) {
        return new ContainerHome(directory.resolve(id));
    }

    void finish(String id) throws IOException {
        Files.move(begin(id).directory(), at(id).directory(), StandardCopyOption.ATOMIC_MOVE);
    }

    Stream<ContainerHome> all() {
        try (var entries = Files.list(directory)) {
            return entries
                    .filter(p -> !p.toString().endsWith(BEING_MADE)
                            && Files.exists(p.resolve("container.json"), LinkOption.NOFOLLOW_LINKS))
                    .map(ContainerHome::new)
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new RuntimeFault.Unavailable(directory + " cannot be read", e);
        }
    }

    Optional<ContainerHome> find(ContainerId id) {
        return Optional.of(at(id.value()))
                .filter(h -> Files.exists(h.directory().resolve("container.json")));
    }

    ContainerHome get(ContainerId id) {
        return find(id).orElseThrow(() -> new RuntimeFault.NotFound("no container " + id.value()));
    }

    ContainerHome running(ContainerId id) {
        var home = get(id);
        if (!home.running()) {
            throw new RuntimeFault.NotFound("container " + id.value() + " is not running");
        }
        return home;
    }
}
