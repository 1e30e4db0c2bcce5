/**
 * Volumes of pods as files and directories of the node: emptyDir, configMap, secret, downwardAPI, projected, hostPath, and each pod's own
 * hosts file.
 *
 * <p>What the files of a volume hold is computed purely ({@link io.keelson.agent.volume.VolumeContents}) and written so that a reader sees the
 * old content or the new, never a mixture ({@link io.keelson.agent.volume.AtomicFiles}). The loop asks for a pod's volumes before its
 * containers start, and again when their sources change. It knows no runtime but the {@code Mount} that it hands out.
 */
@NullMarked
package io.keelson.agent.volume;

import org.jspecify.annotations.NullMarked;
