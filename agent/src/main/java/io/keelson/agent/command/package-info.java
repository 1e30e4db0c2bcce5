/**
 * Running the node's own tools (ip, nft, nsenter, umount) and hearing what they say.
 *
 * <p>A {@link io.keelson.agent.command.Command} is a value; running it gives an outcome or, checked, an {@link java.lang.IllegalStateException}
 * with the tool's own words. No shell takes part, so nothing is quoted. It does not know what any tool is for.
 */
@NullMarked
package io.keelson.agent.command;

import org.jspecify.annotations.NullMarked;
