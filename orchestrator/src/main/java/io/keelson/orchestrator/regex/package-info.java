/**
 * Regular expressions that users write, in RE2's language: what takes time in proportion to the text, whatever the expression. Pure; the only importer
 * of the library. What the library does not bound, how deep an expression is nested and how large it grows when it is compiled, is bounded here before
 * it sees the expression.
 */
@NullMarked
package io.keelson.orchestrator.regex;

import org.jspecify.annotations.NullMarked;
