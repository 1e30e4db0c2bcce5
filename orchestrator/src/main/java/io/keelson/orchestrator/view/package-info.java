/**
 * The picture that everything which acts looks at: all objects at one revision, indexed. Pure: no clock, no IO, no threads.
 *
 * <pre>  list -> ClusterImage -> (change -> ClusterImage.set/remove -> Change)*        controllers and scheduler see only Cluster</pre>
 *
 * {@code ClusterImage} belongs to one thread, the control loop's. Nothing here knows who watches, who decides or who writes.
 */
@NullMarked
package io.keelson.orchestrator.view;

import org.jspecify.annotations.NullMarked;
