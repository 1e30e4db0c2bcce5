/** The official Java client and fabric8's, unmodified, against a real server. Its objects may lack any field, so nullness says nothing here. */
@NullUnmarked
package io.keelson.orchestrator.client;

import org.jspecify.annotations.NullUnmarked;
