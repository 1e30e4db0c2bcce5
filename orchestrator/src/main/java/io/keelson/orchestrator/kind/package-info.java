/**
 * One table of kinds: names, schema, defaults, validation, columns, subresources. Pure: no clock, no IO, no threads. Every
 * other package asks here what a kind is; nothing else hard-codes a kind's shape.
 */
@NullMarked
package io.keelson.orchestrator.kind;

import org.jspecify.annotations.NullMarked;
