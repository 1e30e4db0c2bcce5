package io.keelson.orchestrator.loop;

import io.keelson.orchestrator.control.Action;

/** One action to perform, and for whom. */
record Order(Work work, Action action) {}
