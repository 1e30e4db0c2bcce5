/**
 * One run from the command line to the verdict.
 *
 * <pre>
 *   Settings ─► Run: cluster up ─► clients and nemesis ─► all healed ─► Judges ─► Verdict ─► report.Report
 * </pre>
 */
@NullMarked
package io.keelson.chaos.run;

import org.jspecify.annotations.NullMarked;
