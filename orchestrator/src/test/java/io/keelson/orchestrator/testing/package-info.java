/**
 * A whole server on a store in memory, with certificates made on the spot, and clients for it. For the tests of the doors: REST, gRPC,
 * kubectl. Nothing in here knows which behaviour is under test.
 */
@NullMarked
package io.keelson.orchestrator.testing;

import org.jspecify.annotations.NullMarked;
