/**
 * Changes to objects as values: JSON patch, merge patch, strategic merge patch, and the three-way merge behind {@code apply}.
 * An object and a patch go in, a new object comes out; neither input is changed. What lists merge by comes from the schema in
 * {@code kind}. Must not know who asks, or where objects are stored.
 */
@NullMarked
package io.keelson.orchestrator.patch;

import org.jspecify.annotations.NullMarked;
