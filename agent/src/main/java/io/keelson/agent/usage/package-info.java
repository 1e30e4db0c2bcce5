/**
 * What this node and its containers use: two measurements a while apart give a rate. A meter measures; the answer to who asks is one object in
 * JSON, of which the control plane makes metrics.
 */
@NullMarked
package io.keelson.agent.usage;

import org.jspecify.annotations.NullMarked;
