package io.keelson.orchestrator.loop;

import io.keelson.orchestrator.control.Controller;
import io.keelson.orchestrator.kind.Ref;

/** One object for one controller to look at. */
record Work(Controller controller, Ref ref) {

    @Override
    public String toString() {
        return controller.name() + " " + ref;
    }
}
