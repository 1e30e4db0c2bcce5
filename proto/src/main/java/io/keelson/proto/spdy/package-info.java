/**
 * SPDY/3.1 as Kubernetes uses it to carry several streams in both directions over one connection: commands in containers and forwarded ports,
 * of kubectl before 1.30 and of containerd. Streams have headers and data; there are no priorities and no windows, for none of these programs
 * keeps any: who does not want more bytes does not read, and the connection waits.
 *
 * <p>The only importer of Netty's codec of frames.
 */
package io.keelson.proto.spdy;
