package io.keelson.agent.runtime.containerd;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.BlockingClientCall;
import io.keelson.agent.runtime.RuntimeFault;
import io.keelson.proto.containerd.content.ContentGrpc;
import io.keelson.proto.containerd.content.InfoRequest;
import io.keelson.proto.containerd.content.WriteAction;
import io.keelson.proto.containerd.content.WriteContentRequest;
import io.keelson.proto.containerd.content.WriteContentResponse;
import io.keelson.proto.containerd.images.CreateImageRequest;
import io.keelson.proto.containerd.images.GetImageRequest;
import io.keelson.proto.containerd.images.Image;
import io.keelson.proto.containerd.images.ImagesGrpc;
import io.keelson.proto.containerd.images.UpdateImageRequest;
import io.keelson.proto.containerd.leases.CreateRequest;
import io.keelson.proto.containerd.leases.DeleteRequest;
import io.keelson.proto.containerd.leases.LeasesGrpc;
import io.keelson.proto.containerd.types.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;

/**
 * Puts image archives into containerd's store, over its own services and without any tool.
 *
 * <p>Blobs are written under a lease, so that none is collected before the image that needs it is there; then the names. Layers are unpacked by
 * CRI when a container first needs them. What was imported is noted beside, so that an archive that did not change costs one question a name.
 */
final class ImageImport {
    private static final int CHUNK_BYTES = 1 << 20;
    private static final Duration DEADLINE = Duration.ofMinutes(5);
    private static final Duration LEASE = Duration.ofHours(1);
    /** How long CRI may take to notice a new image; it hears of it by an event. */
    private static final Duration NOTICED = Duration.ofSeconds(10);

    private static final Duration POLL = Duration.ofMillis(50);

    private final ManagedChannel channel;
    private final Path notes;
    private final Predicate<String> visible;

    /**
     * @param notes a directory
     * @param visible whether CRI knows the image of this name
     */
    ImageImport(ManagedChannel channel, Path notes, Predicate<String> visible) {
        this.channel = channel;
        this.notes = notes;
        this.visible = visible;
    }

    /** Returns the names that the archive brought, in full. Throws {@link RuntimeFault} or {@link StatusRuntimeException}. */
    List<String> importArchive(Path archive) {
        try {
            Note fresh = Note.of(archive);
            Path noteFile = notes.resolve(UUID.nameUUIDFromBytes(
                            archive.toAbsolutePath().normalize().toString().getBytes(StandardCharsets.UTF_8))
                    + ".note");
            List<String> known = fresh.namesIn(noteFile);
            if (!known.isEmpty() && known.stream().allMatch(this::isWhole)) {
                return names(known);
            }
            List<String> lines = isZipped(archive) ? unzippedAndWritten(archive) : written(archive, archive);
            awaitVisible(names(lines));
            fresh.write(noteFile, lines);
            return names(lines);
        } catch (IOException e) {
            throw new RuntimeFault.BadArchive(archive + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static boolean isZipped(Path archive) throws IOException {
        try (InputStream in = Files.newInputStream(archive)) {
            byte[] magic = in.readNBytes(2);
            return magic.length == 2 && (magic[0] & 0xff) == 0x1f && (magic[1] & 0xff) == 0x8b;
        }
    }

    /** Blobs are read in their own order, which a gzip stream does not allow. */
    private List<String> unzippedAndWritten(Path archive) throws IOException {
        Path plain = Files.createTempFile(notes, "archive", ".tar");
        try (InputStream in = new GZIPInputStream(Files.newInputStream(archive))) {
            Files.copy(in, plain, StandardCopyOption.REPLACE_EXISTING);
            return written(archive, plain);
        } finally {
            Files.delete(plain);
        }
    }

    private List<String> written(Path archive, Path plain) throws IOException {
        List<String> lines = new ArrayList<>();
        try (FileChannel file = FileChannel.open(plain, StandardOpenOption.READ)) {
            for (ImageArchive.NamedImage image :
                    ImageArchive.read(plain, archive).images()) {
                write(file, image);
                image.names().forEach(name -> lines.add(image.target().digest() + " " + name));
            }
        }
        return lines;
    }

    /** The archive as it was when it was imported, and what it brought: a line {@code digest name} each. */
    private record Note(String archive) {
        static Note of(Path archive) throws IOException {
            return new Note(Files.size(archive) + " "
                    + Files.getLastModifiedTime(archive).toInstant());
        }

        List<String> namesIn(Path noteFile) throws IOException {
            if (!Files.exists(noteFile)) {
                return List.of();
            }
            List<String> lines = Files.readAllLines(noteFile);
            return !lines.isEmpty() && lines.getFirst().equals(archive) ? lines.subList(1, lines.size()) : List.of();
        }

        void write(Path noteFile, List<String> lines) throws IOException {
            Path part = noteFile.resolveSibling(noteFile.getFileName() + ".part");
            Files.writeString(part, archive + "\n" + String.join("\n", lines) + "\n");
            Files.move(part, noteFile, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static List<String> names(List<String> lines) {
        return lines.stream().map(line -> line.substring(line.indexOf(' ') + 1)).toList();
    }

    private boolean isWhole(String line) {
        String digest = line.substring(0, line.indexOf(' '));
        String name = line.substring(line.indexOf(' ') + 1);
        Channel namespaced = Namespaced.of(channel);
        try {
            Image image = ImagesGrpc.newBlockingStub(namespaced)
                    .withWaitForReady()
                    .withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                    .get(GetImageRequest.newBuilder().setName(name).build())
                    .getImage();
            if (!image.getTarget().getDigest().equals(digest)) {
                return false;
            }
            return hasBlob(namespaced, digest) && visible.test(name);
        } catch (StatusRuntimeException e) {
            if (Faults.isNotFound(e)) {
                return false;
            }
            throw e;
        }
    }

    private void write(FileChannel file, ImageArchive.NamedImage image) throws IOException {
        String lease = "keelson-import-" + UUID.randomUUID();
        LeasesGrpc.LeasesBlockingStub leases = LeasesGrpc.newBlockingStub(Namespaced.of(channel))
                .withWaitForReady()
                .withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        leases.create(CreateRequest.newBuilder()
                .setId(lease)
                .putLabels("containerd.io/gc.expire", Instant.now().plus(LEASE).toString())
                .build());
        try {
            Channel leased = Namespaced.underLease(channel, lease);
            for (ImageArchive.Blob blob : image.blobs()) {
                if (!hasBlob(leased, blob.digest())) {
                    write(leased, file, blob);
                }
            }
            for (String name : image.names()) {
                name(leased, name, image.target());
            }
        } finally {
            leases.delete(DeleteRequest.newBuilder().setId(lease).build());
        }
    }

    private static boolean hasBlob(Channel leased, String digest) {
        try {
            ContentGrpc.newBlockingStub(leased)
                    .withWaitForReady()
                    .withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                    .info(InfoRequest.newBuilder().setDigest(digest).build());
            return true;
        } catch (StatusRuntimeException e) {
            if (Faults.isNotFound(e)) {
                return false;
            }
            throw e;
        }
    }

    /** One chunk at a time, each answered before the next: the memory in use is that of one chunk. */
    private static void write(Channel leased, FileChannel file, ImageArchive.Blob blob) throws IOException {
        WriteContentRequest frame = WriteContentRequest.newBuilder()
                .setRef("keelson-" + UUID.randomUUID())
                .setTotal(blob.size())
                .setExpected(blob.digest())
                .build();
        BlockingClientCall<WriteContentRequest, WriteContentResponse> call = ContentGrpc.newBlockingV2Stub(leased)
                .withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                .write();
        try {
            for (long offset = 0; offset < blob.size(); offset += CHUNK_BYTES) {
                int length = (int) Math.min(CHUNK_BYTES, blob.size() - offset);
                ask(
                        call,
                        frame.toBuilder()
                                .setAction(WriteAction.WRITE)
                                .setOffset(offset)
                                .setData(bytes(file, blob, offset, length))
                                .build());
            }
            ask(
                    call,
                    frame.toBuilder()
                            .setAction(WriteAction.COMMIT)
                            .setOffset(blob.size())
                            .putAllLabels(blob.labels())
                            .build());
            call.halfClose();
        } catch (StatusException e) {
            // Another import brought it in the meantime.
            if (e.getStatus().getCode() != Status.Code.ALREADY_EXISTS) {
                throw e.getStatus().asRuntimeException();
            }
        } catch (InterruptedException e) {
            call.cancel("interrupted", e);
            Thread.currentThread().interrupt();
            throw new RuntimeFault.Failed("the import was interrupted", e);
        }
    }

    private static void ask(
            BlockingClientCall<WriteContentRequest, WriteContentResponse> call, WriteContentRequest request)
            throws StatusException, InterruptedException {
        call.write(request);
        if (call.read() == null) {
            throw Status.DATA_LOSS
                    .withDescription("containerd ended the writing of a blob before it was whole")
                    .asException();
        }
    }

    private static ByteString bytes(FileChannel file, ImageArchive.Blob blob, long offset, int length)
            throws IOException {
        return switch (blob.source()) {
            case ImageArchive.Source.Region region ->
                ByteString.copyFrom(TarIndex.bytes(file, region.offset() + offset, length));
            case ImageArchive.Source.Bytes made -> made.bytes().substring((int) offset, (int) offset + length);
        };
    }

    private static void name(Channel leased, String name, ImageArchive.Blob target) {
        Image image = Image.newBuilder()
                .setName(name)
                .setTarget(Descriptor.newBuilder()
                        .setMediaType(target.mediaType())
                        .setDigest(target.digest())
                        .setSize(target.size()))
                .build();
        ImagesGrpc.ImagesBlockingStub images = ImagesGrpc.newBlockingStub(leased)
                .withWaitForReady()
                .withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        try {
            images.create(CreateImageRequest.newBuilder().setImage(image).build());
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.ALREADY_EXISTS) {
                throw e;
            }
            images.update(UpdateImageRequest.newBuilder().setImage(image).build());
        }
    }

    private void awaitVisible(List<String> names) {
        long deadline = System.nanoTime() + NOTICED.toNanos();
        for (String name : names) {
            while (!visible.test(name)) {
                if (System.nanoTime() > deadline) {
                    throw new RuntimeFault.Failed("image " + name + " was imported, but the runtime does not see it");
                }
                try {
                    Thread.sleep(POLL);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new RuntimeFault.Failed("the import was interrupted", e);
                }
            }
        }
    }
}
