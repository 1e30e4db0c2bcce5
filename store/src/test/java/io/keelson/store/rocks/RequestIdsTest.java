package io.keelson.store.rocks;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.keelson.store.mvcc.Answer;
import io.keelson.store.mvcc.AnswerWindow;
import io.keelson.store.mvcc.Applied;
import io.keelson.store.mvcc.Caller;
import io.keelson.store.mvcc.Change;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.KeptAnswers;
import io.keelson.store.mvcc.Mvcc;
import io.keelson.store.mvcc.NaiveStore;
import io.keelson.store.mvcc.Oracle;
import io.keelson.store.mvcc.PendingView;
import io.keelson.store.mvcc.RandomRequests;
import io.keelson.store.mvcc.Refusal;
import io.keelson.store.mvcc.RequestIds;
import io.keelson.store.mvcc.RequestKey;
import io.keelson.store.mvcc.TreeView;
import io.keelson.store.mvcc.View;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Goal: a request asked again under its id gets its first answer and changes nothing, as long as it is in the window, in memory and
 * on disk, through restarts. Method: random requests from a seed, most with one of few ids, judged by a list of everything that was
 * ever answered and by {@link NaiveStore}.
 */
class RequestIdsTest {

    private static final String MEMBER = "m1";
    private static final int IDS = 60;

    @TempDir
    Path directory;

    /** What was answered under an id; {@code bytes} as the core counts them. */
    private record Told(String id, ByteString fingerprint, Answer answer, long revision, long bytes) {}

    private final List<Told> told = new ArrayList<>();
    private final NaiveStore oracle = new NaiveStore();
    private final Map<String, Command> asked = new HashMap<>();
    private int again;
    private int reused;

    /** The window is the longest end of the list that its bounds allow. */
    private List<Told> window(RequestIds.Bounds bounds) {
        long bytes = 0;
        int from = told.size();
        while (from > 0 && told.size() - from < bounds.ids()) {
            bytes += told.get(from - 1).bytes;
            if (bytes > bounds.bytes() && from < told.size()) {
                break;
            }
            from--;
        }
        return told.subList(from, told.size());
    }

    private Answer expected(Command command, RequestIds.Bounds bounds) {
        if (!(command instanceof Command.Once once)) {
            return Oracle.answer(oracle, command);
        }
        boolean corrupt = oracle.alarms().stream()
                .anyMatch(alarm -> alarm.getAlarm().name().equals("CORRUPT"));
        Optional<Told> known = corrupt
                ? Optional.empty()
                : window(bounds).stream()
                        .filter(each -> each.id.equals(once.id()))
                        .findFirst();
        if (known.isEmpty()) {
            return Oracle.answer(oracle, once.command());
        }
        if (!known.get().fingerprint.equals(once.fingerprint())) {
            reused++;
            return new Answer.Refused(Refusal.REQUEST_ID_REUSED);
        }
        again++;
        return new Answer.Again(known.get().answer, known.get().revision);
    }

    private void tell(Command command, Applied applied) {
        for (Change change : applied.changes()) {
            if (change instanceof Change.AnswerKept kept) {
                var once = (Command.Once) command;
                told.add(new Told(
                        once.id(),
                        once.fingerprint(),
                        applied.answer(),
                        applied.revision(),
                        kept.answer().getSerializedSize() + 64L));
            }
        }
    }

    /** Most often a request that was asked before, under its id; now and then another under an id that is taken. */
    private Command next(Random random, RandomRequests requests) {
        Command fresh = requests.command(oracle.revision());
        while (Oracle.check(fresh).isPresent()) {
            fresh = requests.command(oracle.revision());
        }
        boolean hasAnswer = switch (fresh) {
            case Command.Put _,
                    Command.DeleteRange _,
                    Command.Txn _,
                    Command.Compact _,
                    Command.LeaseGrant _,
                    Command.LeaseRevoke _ -> true;
            default -> false;
        };
        if (!hasAnswer || random.nextInt(8) == 0) {
            return fresh;
        }
        String id = "request-" + random.nextInt(IDS);
        Command known = asked.get(id);
        if (known == null || random.nextInt(10) == 0) {
            ByteString fingerprint = ByteString.copyFromUtf8("print-" + random.nextInt());
            known = new Command.Once(id, fingerprint, fresh);
            asked.put(id, known);
        }
        return known;
    }

    @ParameterizedTest
    @CsvSource({"1,20,1000000", "2,200,1000000", "3,1000,1500", "4,1,1000000", "5,1000,1"})
    void requestAskedAgainGetsItsFirstAnswer(long seed, int ids, long bytes) {
        var bounds = new RequestIds.Bounds(ids, bytes, 64 << 10);
        var random = new Random(seed);
        var requests = new RandomRequests(random);
        var memory = new TreeView();
        RocksState disk = RocksState.open(directory);
        try {
            for (int step = 0; step < 400; step++) {
                String where = "seed " + seed + ", step " + step;
                var changes = new ArrayList<Change>();
                int commands = 1 + random.nextInt(5);
                long revision = disk.readToWrite(view -> {
                    var pending = new PendingView(view);
                    for (int i = 0; i < commands; i++) {
                        Command command = next(random, requests);
                        Answer expected = expected(command, bounds);
                        Applied applied = Mvcc.apply(pending, command, bounds);
                        assertThat(applied.answer())
                                .as("%s: %s", where, command)
                                .isEqualTo(expected);
                        Applied inMemory = Mvcc.apply(memory, command, bounds);
                        assertThat(inMemory).as("%s: %s", where, command).isEqualTo(applied);
                        pending.take(applied);
                        memory.take(inMemory);
                        tell(command, applied);
                        changes.addAll(applied.changes());
                    }
                    return pending.revision();
                });
                disk.write(changes, revision, new AppliedIndex(1, step), List.of(new Proposed(MEMBER, 1, step)));
                agrees(disk, memory, bounds, where);
                if (random.nextInt(40) == 0) {
                    disk.flush();
                    disk.close();
                    disk = RocksState.open(directory);
                }
            }
        } finally {
            disk.close();
        }
        assertThat(again).as("requests asked again").isPositive();
        if (Math.min(ids, bytes) > 1) {
            // In a window of one answer an id meets another request of its own once in 600 times.
            assertThat(reused).as("ids used for another request").isPositive();
        }
        assertThat(oracle.revision()).as("the run did something").isGreaterThan(50);
    }

    private void agrees(RocksState disk, TreeView memory, RequestIds.Bounds bounds, String where) {
        List<Told> window = window(bounds);
        disk.<Boolean>read(view -> {
            agrees(view, window, where);
            return true;
        });
        agrees(memory, window, where);
    }

    private static void agrees(View view, List<Told> window, String where) {
        KeptAnswers answers = view.answers();
        AnswerWindow found = answers.window();
        assertThat(found.size()).as(where).isEqualTo(window.size());
        assertThat(found.bytes())
                .as(where)
                .isEqualTo(window.stream().mapToLong(Told::bytes).sum());
        for (int i = 0; i < IDS; i++) {
            String id = "request-" + i;
            Optional<ByteString> expected = window.stream()
                    .filter(each -> each.id.equals(id))
                    .map(Told::fingerprint)
                    .findFirst();
            assertThat(answers.find(new RequestKey("", id)).map(kept -> kept.getFingerprint()))
                    .as("%s: %s", where, id)
                    .isEqualTo(expected);
            assertThat(answers.find(new RequestKey(Caller.user("other", 1).user(), id)))
                    .isEmpty();
        }
    }
}
