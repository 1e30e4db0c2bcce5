/** How much a server allows, as its operator decides: values, which know nothing of who keeps to them. */
@NullMarked
package io.keelson.orchestrator.limits;

import org.jspecify.annotations.NullMarked;
