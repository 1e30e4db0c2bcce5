/**
 * Judges of recorded histories. Pure: a history goes in, the violations that it shows come out; an empty list is the only
 * good verdict. The judges know nothing of Keelson's code, only what etcd's and Kubernetes' documentation promises.
 */
@NullMarked
package io.keelson.chaos.check;

import org.jspecify.annotations.NullMarked;
