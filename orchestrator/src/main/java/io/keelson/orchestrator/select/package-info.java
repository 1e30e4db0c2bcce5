/**
 * Which objects a request means: label selectors over {@code metadata.labels}, and field selectors over the few fields that a
 * kind offers. Pure values: text or JSON in, a predicate out. Must not know where objects come from.
 */
@NullMarked
package io.keelson.orchestrator.select;

import org.jspecify.annotations.NullMarked;
