/**
 * How Keelson speaks to a person: the terminal, tables, YAML and JSON, errors with a way out, and what somebody may have meant.
 *
 * <p>Text in, text out; nothing here knows of servers, files or processes.
 */
@NullMarked
package io.keelson.cli.print;

import org.jspecify.annotations.NullMarked;
