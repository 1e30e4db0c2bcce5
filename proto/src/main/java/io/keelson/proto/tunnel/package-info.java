/** How both ends of an agent's tunnel keep a slow reader from filling the other's memory; see {@code keelson/v1/nodes.proto}. */
package io.keelson.proto.tunnel;
