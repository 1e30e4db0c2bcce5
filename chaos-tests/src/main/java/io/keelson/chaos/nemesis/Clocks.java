package io.keelson.chaos.nemesis;

import io.keelson.chaos.cluster.Ensemble;
import io.keelson.chaos.cluster.Switches;
import java.util.List;

/** Members' wall clocks. */
final class Clocks {

    /** Between jumps of a clock that strobes: as often as members look at the file. */
    static final int STROBE_MILLIS = 1_100;

    private final Ensemble ensemble;

    Clocks(Ensemble ensemble) {
        this.ensemble = ensemble;
    }

    /** Puts clocks forward by so many seconds, back if it is negative; each of several by another part of it. */
    void set(List<Integer> members, int seconds) {
        for (int i = 0; i < members.size(); i++) {
            int offset = i % 2 == 0 ? seconds / (i + 1) : -seconds / (i + 1);
            Disk.say(ensemble.directory(members.get(i)).resolve(Switches.CLOCK), (offset < 0 ? "" : "+") + offset);
        }
    }

    /** Lets clocks be right. A file that is gone would be taken for the last that there was. */
    void right(List<Integer> members) {
        members.forEach(member -> Disk.say(ensemble.directory(member).resolve(Switches.CLOCK), "+0"));
    }
}
