/**
 * A cluster as a user makes it: {@code bin/keelson up}, real processes, real containers where there is root. What is killed
 * here is killed with SIGKILL.
 */
@NullMarked
package io.keelson.chaos.cluster;

import org.jspecify.annotations.NullMarked;
