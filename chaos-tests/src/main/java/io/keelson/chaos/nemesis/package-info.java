/**
 * What is done to the members while clients work. A schedule is computed from a seed alone; a thin runner carries it out.
 *
 * <pre>
 *   seed, kinds, length ─► Schedule.plan ─► [Planned: what, from, until] ─► Nemesis ─► cluster.Ensemble
 * </pre>
 */
@NullMarked
package io.keelson.chaos.nemesis;

import org.jspecify.annotations.NullMarked;
