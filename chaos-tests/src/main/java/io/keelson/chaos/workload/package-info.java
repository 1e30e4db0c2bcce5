/**
 * Clients that put load on a cluster and write down what they see: when they asked, when they were answered, and what the
 * answer was. They never interpret; {@code check} does.
 */
@NullMarked
package io.keelson.chaos.workload;

import org.jspecify.annotations.NullMarked;
