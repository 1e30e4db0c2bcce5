/** The harness that tries to break the store: {@link io.keelson.chaos.Chaos} is its command. See {@code docs/chaos.md}. */
@NullMarked
package io.keelson.chaos;

import org.jspecify.annotations.NullMarked;
