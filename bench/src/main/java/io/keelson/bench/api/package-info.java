/**
 * What the API does under load: three servers as {@code keelson up} starts them, over TLS, each answer and event as clients get it. The
 * generator is one process: requests on few threads, watches on Netty's loops, and nothing of an event is read but when it was caused.
 */
@NullMarked
package io.keelson.bench.api;

import org.jspecify.annotations.NullMarked;
