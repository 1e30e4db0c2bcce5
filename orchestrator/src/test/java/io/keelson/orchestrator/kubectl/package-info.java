/** Real kubectl of many versions against a real server: what is said to it, and what it then prints. */
@NullMarked
package io.keelson.orchestrator.kubectl;

import org.jspecify.annotations.NullMarked;
