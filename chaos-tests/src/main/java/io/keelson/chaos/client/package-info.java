/**
 * The wire: etcd's gRPC services called raw, one channel to one member, without any retry that the client did not ask for. What was
 * asked and answered becomes plain values here, and is recorded.
 */
@NullMarked
package io.keelson.chaos.client;

import org.jspecify.annotations.NullMarked;
