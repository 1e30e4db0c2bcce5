package io.keelson.orchestrator.admission;

import io.keelson.orchestrator.kind.Kinds;
import java.util.function.Supplier;

/**
 * What facts are made of besides the store.
 *
 * @param parsed objects that were read before
 * @param empty where nothing was when it was last looked
 * @param kinds gives the present table of kinds
 * @param rights who may do what
 */
record Sources(Parsed parsed, KnownEmpty empty, Supplier<Kinds> kinds, Rights rights) {}
