/**
 * The one reason that an object is not as wished, and what would change it. Pure: a picture of the cluster at one revision and a time in,
 * an {@link io.keelson.orchestrator.why.Explanation} out.
 *
 * <pre>  Why.explain ──► by kind: workload ──► its worst pod ──► scheduling | references | containers | node      service ──► its pods ...</pre>
 *
 * Each class knows the reasons of one kind of thing and hands on to the next with the chain of objects so far. Must not know of the store
 * or of who asks.
 */
@NullMarked
package io.keelson.orchestrator.why;

import org.jspecify.annotations.NullMarked;
