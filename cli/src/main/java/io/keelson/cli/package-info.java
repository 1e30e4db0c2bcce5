/**
 * The command line `keelson`: {@link io.keelson.cli.Main}, the commands, and the wiring of rooms into processes.
 *
 * <p>A command gets its parsed options and a {@link io.keelson.cli.print.Terminal} and returns an exit code; what can go wrong for a user is a
 * {@link io.keelson.cli.print.Trouble}, printed once, here. Commands are made only when they are called for, since start-up time is what a user
 * feels. `server`, `agent` and `store` are the only places that wire rooms together; every other command is a client over gRPC.
 */
@NullMarked
package io.keelson.cli;

import org.jspecify.annotations.NullMarked;
