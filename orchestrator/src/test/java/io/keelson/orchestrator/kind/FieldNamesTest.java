package io.keelson.orchestrator.kind;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Names of fields are held once, and a name that nobody knows costs no more than one that all do. */
class FieldNamesTest {

    @Test
    void anEqualNameIsTheSameUntilAnotherTakesItsPlace() {
        FieldNames names = new FieldNames();
        String first = new String("metadata");
        assertThat(names.shared(first)).isSameAs(first);
        assertThat(names.shared(new String("metadata"))).isSameAs(first);
        for (int i = 0; i < 100_000; i++) {
            assertThat(names.shared("name-" + i)).isEqualTo("name-" + i);
        }
        assertThat(names.shared(new String("metadata"))).isEqualTo("metadata").isNotSameAs(first);
    }

    @Test
    void objectsThatAreReadShareTheNamesOfTheirFields() {
        String one =
                Json.parse("{\"aFieldOfBoth\": 1}").propertyNames().iterator().next();
        String other =
                Json.parse("{\"aFieldOfBoth\": 2}").propertyNames().iterator().next();
        assertThat(one).isSameAs(other);
    }

    /** The library's own table of names is copied whole for each that is new: 300 kB for an object of 3 kB, once there are thousands. */
    @Test
    void aNameThatNoOtherObjectHasCostsNoMoreThanOthers() {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long most = 0;
        for (int i = 0; i < 10_000; i++) {
            byte[] object = ("{\"metadata\":{\"labels\":{\"of-this-one-alone-" + i + "\":\"x\"}}}")
                    .getBytes(StandardCharsets.UTF_8);
            long before = threads.getCurrentThreadAllocatedBytes();
            Json.parse(object);
            if (i > 9_000) {
                most = Math.max(most, threads.getCurrentThreadAllocatedBytes() - before);
            }
        }
        assertThat(most).isLessThan(50_000);
    }
}
