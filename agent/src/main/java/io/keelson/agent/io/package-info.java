/** Files and streams, where the JDK leaves a little to do. It knows nothing of the agent. */
@NullMarked
package io.keelson.agent.io;

import org.jspecify.annotations.NullMarked;
