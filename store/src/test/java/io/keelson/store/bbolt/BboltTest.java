package io.keelson.store.bbolt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is read again, whatever its size and shape; what is damaged is refused. */
@SuppressWarnings("NonApiType")
class BboltTest {

    private static final int FUZZ_ROUNDS = 1_000;

    @TempDir
    Path directory;

    /** A bucket as a value: byte arrays, or buckets within. */
    private static TreeMap<byte[], Object> bucket() {
        return new TreeMap<>(Arrays::compareUnsigned);
    }

    private static void write(TreeMap<byte[], Object> from, BboltWriter.Bucket into) throws IOException {
        for (Map.Entry<byte[], Object> entry : from.entrySet()) {
            switch (entry.getValue()) {
                case byte[] value -> into.put(entry.getKey(), value);
                case TreeMap<?, ?> inner ->
                    into.bucket(
                            new String(entry.getKey(), StandardCharsets.US_ASCII),
                            within -> write(cast(inner), within));
                default -> throw new AssertionError(entry);
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static TreeMap<byte[], Object> cast(Object bucket) {
        return (TreeMap<byte[], Object>) bucket;
    }

    /** Everything in a line each. */
    private static List<String> lines(TreeMap<byte[], Object> bucket, String path) {
        var lines = new ArrayList<String>();
        bucket.forEach((key, value) -> {
            if (value instanceof byte[] bytes) {
                lines.add(line(path, key, bytes));
            } else {
                lines.add(path + "/" + HexFormat.of().formatHex(key));
                lines.addAll(lines(cast(value), path + "/" + HexFormat.of().formatHex(key)));
            }
        });
        return lines;
    }

    private static String line(String path, byte[] key, byte[] value) {
        return path + " " + HexFormat.of().formatHex(key) + " " + value.length + " " + Arrays.hashCode(value);
    }

    /** What a reader tells, in the same form. */
    private static final class Lines implements BboltReader.Visitor {
        final List<String> lines = new ArrayList<>();
        private String path = "";

        @Override
        public void enter(byte[] name) {
            path += "/" + HexFormat.of().formatHex(name);
            lines.add(path);
        }

        @Override
        public void leave() {
            path = path.substring(0, path.lastIndexOf('/'));
        }

        @Override
        public void entry(byte[] key, byte[] value) {
            lines.add(line(path, key, value));
        }
    }

    private static List<String> read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            var lines = new Lines();
            BboltReader.open(channel, channel.size()).walk(lines);
            return lines.lines;
        }
    }

    private Path write(TreeMap<byte[], Object> root) throws IOException {
        Path file = Files.createTempFile(directory, "test", ".db");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long size = BboltWriter.write(channel, into -> write(root, into));
            assertThat(size).isEqualTo(channel.size()).isPositive();
        }
        return file;
    }

    private static TreeMap<byte[], Object> random(Random random, int maxKeys, int maxValue) {
        TreeMap<byte[], Object> root = bucket();
        for (int b = random.nextInt(1, 6); b > 0; b--) {
            TreeMap<byte[], Object> inner = bucket();
            for (int i = random.nextInt(maxKeys); i > 0; i--) {
                inner.put(bytes(random, 1 + random.nextInt(40)), bytes(random, size(random, maxValue)));
            }
            if (random.nextInt(4) == 0) {
                TreeMap<byte[], Object> nested = bucket();
                nested.put(bytes(random, 3), bytes(random, 5));
                inner.put("nested".getBytes(StandardCharsets.US_ASCII), nested);
            }
            root.put(("bucket" + b).getBytes(StandardCharsets.US_ASCII), inner);
        }
        return root;
    }

    private static int size(Random random, int max) {
        return switch (random.nextInt(50)) {
            case 0 -> random.nextInt(max);
            case 1 -> 0;
            case 2 -> 4096 - random.nextInt(64);
            default -> random.nextInt(200);
        };
    }

    private static byte[] bytes(Random random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static long seed() {
        long seed = Long.getLong("keelson.seed", System.nanoTime());
        System.out.println("seed " + seed + " (-Dkeelson.seed=" + seed + ")");
        return seed;
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        var random = new Random(seed());
        for (int round = 0; round < 20; round++) {
            TreeMap<byte[], Object> root = random(random, 1 << random.nextInt(13), 100_000);
            assertThat(read(write(root))).isEqualTo(lines(root, ""));
        }
    }

    @Test
    void treeOfThreeLevelsIsRead() throws IOException {
        TreeMap<byte[], Object> inner = bucket();
        // Long keys make branches that hold few pages.
        for (int i = 0; i < 2_000; i++) {
            inner.put("%0500d".formatted(i).getBytes(StandardCharsets.US_ASCII), new byte[900]);
        }
        TreeMap<byte[], Object> root = bucket();
        root.put("deep".getBytes(StandardCharsets.US_ASCII), inner);
        assertThat(read(write(root))).isEqualTo(lines(root, ""));
    }

    @Test
    void emptyFileAndEmptyBucketAreRead() throws IOException {
        assertThat(read(write(bucket()))).isEmpty();
        TreeMap<byte[], Object> root = bucket();
        root.put("a".getBytes(StandardCharsets.US_ASCII), bucket());
        assertThat(read(write(root))).containsExactly("/61");
    }

    @Test
    void keysThatDoNotAscendAreRefused() throws IOException {
        Path file = directory.resolve("order.db");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            assertThatThrownBy(() -> BboltWriter.write(channel, root -> {
                        root.put("b", new byte[1]);
                        root.put("a", new byte[1]);
                    }))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("do not ascend");
        }
    }

    @Test
    void newerOfTheTwoHeadsCountsAndABrokenOneIsPassedOver() throws IOException {
        TreeMap<byte[], Object> root = random(new Random(1), 100, 1_000);
        Path file = write(root);
        flip(file, 16 + 20);
        assertThat(read(file)).isEqualTo(lines(root, ""));
        flip(file, 4096 + 16 + 20);
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(DamagedFileException.class)
                .hasMessageContaining("checksum does not fit");
    }

    private static void flip(Path file, long at) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var one = ByteBuffer.allocate(1);
            channel.read(one, at);
            channel.write(ByteBuffer.wrap(new byte[] {(byte) (one.get(0) ^ 0x10)}), at);
        }
    }

    @Test
    void fileThatIsCutOffIsRefused() throws IOException {
        Path file = write(random(new Random(2), 1_000, 1_000));
        byte[] whole = Files.readAllBytes(file);
        for (int length : List.of(0, 1, 79, 80, 4_096, 8_192, whole.length / 2, whole.length - 1)) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> read(file)).as("%s bytes", length).isInstanceOf(DamagedFileException.class);
        }
    }

    @Test
    void whatIsNoBboltFileIsRefused() throws IOException {
        Path file = directory.resolve("text");
        Files.writeString(file, "something else\n".repeat(10_000));
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(DamagedFileException.class)
                .hasMessageContaining("is not a meta page of bbolt");
    }

    /** A pair of pages that refer to each other must not be followed without end, nor a page be told twice. */
    @Test
    void pageThatIsUsedTwiceIsRefused() throws IOException {
        Path file = directory.resolve("cycle.db");
        var pages = ByteBuffer.allocate(4 * 4096).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        pages.position(16).put(new Meta(4096, 3, 2, 4, 1).encode());
        pages.position(3 * 4096)
                .putLong(3)
                .putShort((short) 1)
                .putShort((short) 1)
                .putInt(0);
        pages.putInt(16).putInt(1).putLong(3).put((byte) 'a');
        Files.write(file, pages.array());
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(DamagedFileException.class)
                .hasMessage("page 3: is used twice");
    }

    /** Goal: whatever is in a file, reading ends, with everything or with a clear refusal. Method: random bytes at random places. */
    @Test
    void damagedFilesAreReadOrRefusedAndNothingElse() throws IOException {
        var random = new Random(seed());
        Path file = write(random(random, 200, 20_000));
        byte[] whole = Files.readAllBytes(file);
        int refused = 0;
        for (int round = 0; round < FUZZ_ROUNDS; round++) {
            byte[] damaged = whole.clone();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                // Heads of pages are where it hurts; the rest is mostly values.
                int page = random.nextInt(damaged.length / 4096);
                int at = page * 4096 + random.nextInt(random.nextBoolean() ? 48 : 4096);
                if (page < 2) {
                    continue;
                }
                damaged[at] = random.nextBoolean() ? (byte) random.nextInt() : (byte) (random.nextBoolean() ? 0xFF : 0);
            }
            Files.write(file, damaged);
            try {
                read(file);
            } catch (DamagedFileException e) {
                refused++;
                assertThat(e).hasMessageMatching("(page \\d+|the file|an inline bucket.*): .+");
            }
        }
        assertThat(refused).isGreaterThan(FUZZ_ROUNDS / 20);
    }

    /** The head has a checksum, which an attacker can make fit; then every number in it is possible. */
    @Test
    void strangeNumbersInAHeadThatFitsAreRefused() throws IOException {
        Path file = write(random(new Random(3), 100, 1_000));
        byte[] whole = Files.readAllBytes(file);
        long[] strange = {0, 1, 2, -1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 40, 1L << 52, whole.length};
        for (long root : strange) {
            for (long pages : strange) {
                byte[] damaged = whole.clone();
                byte[] meta = new Meta(4096, root, 2, pages, 9).encode().array();
                System.arraycopy(meta, 0, damaged, 16, meta.length);
                Files.write(file, damaged);
                assertThatThrownBy(() -> read(file)).isInstanceOf(DamagedFileException.class);
            }
        }
    }
}
