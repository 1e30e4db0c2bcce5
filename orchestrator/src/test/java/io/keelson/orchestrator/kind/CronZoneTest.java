package io.keelson.orchestrator.kind;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** A zone inside of a schedule was allowed once: who has one keeps it, with a warning; nobody gets one. */
class CronZoneTest {

    private static final Kind CRON_JOBS =
            Kinds.builtIn().byResource("batch", "v1", "cronjobs").orElseThrow();

    private static ObjectNode cronJob(String schedule, String more) {
        ObjectNode object = Json.parse(("{'metadata':{'name':'c'},'spec':{'schedule':'" + schedule + "'" + more
                        + ",'jobTemplate':{'spec':{'template':{'spec':{'restartPolicy':'Never',"
                        + "'containers':[{'name':'c','image':'i'}]}}}}}}")
                .replace('\'', '"'));
        Defaults.apply(CRON_JOBS, object);
        return object;
    }

    private static List<String> problems(Optional<ObjectNode> live, ObjectNode incoming) {
        Causes causes = new Causes();
        CRON_JOBS.strategy().check().check(live, incoming, causes);
        return causes.found().stream().map(Cause::toString).toList();
    }

    @Test
    void nobodyGetsOne() {
        ObjectNode zoned = cronJob("CRON_TZ=UTC 0 * * * *", "");
        String refused =
                "spec.schedule: Invalid value: \"CRON_TZ=UTC 0 * * * *\": cannot use TZ or CRON_TZ in schedule, use"
                        + " timeZone field instead";
        assertThat(problems(Optional.empty(), zoned)).containsExactly(refused);
        assertThat(problems(Optional.of(cronJob("0 * * * *", "")), zoned)).containsExactly(refused);
    }

    @Test
    void whoHasOneKeepsItAndIsWarned() {
        ObjectNode live = cronJob("TZ=UTC 0 * * * *", "");
        ObjectNode other = cronJob("TZ=Europe/Berlin 5 * * * *", "");
        assertThat(problems(Optional.of(live), live)).isEmpty();
        assertThat(problems(Optional.of(live), other)).isEmpty();
        assertThat(Advice.of(CRON_JOBS, Optional.of(live), other))
                .containsExactly("cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see"
                        + " https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details");
        assertThat(Advice.of(CRON_JOBS, Optional.of(live), cronJob("5 * * * *", "")))
                .isEmpty();
    }

    @Test
    void whatFollowsTheZoneIsStillRead() {
        ObjectNode live = cronJob("TZ=UTC 0 * * * *", "");
        assertThat(problems(Optional.of(live), cronJob("TZ=UTC 0 * * * *", ",'timeZone':'Europe/Berlin'")))
                .containsExactly(
                        "spec.schedule: Invalid value: \"TZ=UTC 0 * * * *\": cannot use both timeZone field and TZ or"
                                + " CRON_TZ in schedule");
        assertThat(problems(Optional.of(live), cronJob("TZ=No/Where 0 * * * *", "")))
                .containsExactly(
                        "spec.schedule: Invalid value: \"TZ=No/Where 0 * * * *\": provided bad location No/Where:"
                                + " unknown time zone No/Where");
        assertThat(problems(Optional.of(live), cronJob("TZ=UTC 61 * * * *", "")))
                .singleElement()
                .asString()
                .contains("end of range (61) above maximum (59): 61");
    }
}
