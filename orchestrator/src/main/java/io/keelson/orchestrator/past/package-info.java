/**
 * What differs between two states of an object, and how to write a state back. Pure: states in, differences and objects to write out.
 *
 * <pre>  states of an object ──► Differences.between, Restoring.previous ──► Restoring.over / Restoring.anew ──► an update or a create</pre>
 *
 * Who reads the states and who stores the object is no business of this package.
 */
@NullMarked
package io.keelson.orchestrator.past;

import org.jspecify.annotations.NullMarked;
