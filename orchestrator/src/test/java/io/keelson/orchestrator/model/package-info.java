/**
 * Lists and watches beside a naive model: the full history in a list, read from the store past the API, and filtered with loops.
 *
 * <pre>  Writing ──► the API ──► store ──► History ──► what a list or a watch must have said
 *                   └──► lists, watches ──────────────────────── compared</pre>
 */
@NullMarked
package io.keelson.orchestrator.model;

import org.jspecify.annotations.NullMarked;
