package io.keelson.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LeaseCheckpointTest {

    private final TreeView view = new TreeView();

    private List<Change> apply(Command command) {
        Applied applied = Mvcc.apply(view, command);
        view.take(applied);
        return applied.changes();
    }

    private List<Change> note(LeaseRecord... notes) {
        return apply(new Command.LeaseCheckpoint(List.of(notes)));
    }

    @Test
    void noteIsKeptUntilTheFullTimeIsNotedOrTheLeaseIsGone() {
        apply(new Command.LeaseGrant(5, 600));
        assertThat(note(new LeaseRecord(5, 0, 300))).hasSize(1);
        assertThat(view.leases()).containsExactly(new LeaseRecord(5, 600, 300));
        assertThat(note(new LeaseRecord(5, 0, 300))).as("the same once more").isEmpty();
        assertThat(note(new LeaseRecord(5, 0, 0))).hasSize(1);
        assertThat(view.leases()).containsExactly(new LeaseRecord(5, 600));
        apply(new Command.LeaseRevoke(5));
        assertThat(note(new LeaseRecord(5, 0, 200))).isEmpty();
    }

    @Test
    void ofTwoNotesInOneCommandTheLaterCounts() {
        apply(new Command.LeaseGrant(5, 600));
        assertThat(note(new LeaseRecord(5, 0, 300), new LeaseRecord(5, 0, 700))).isEmpty();
        assertThat(view.leases()).containsExactly(new LeaseRecord(5, 600));
    }
}
