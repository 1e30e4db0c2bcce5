/**
 * Manifests: text in, documents out, each with the line of every field, so that whoever finds something wrong can say where.
 *
 * <p>Text is parsed whole before anything is done with it. What is wrong with the text itself, duplicate keys included, and what every
 * object must have is found here; what a kind allows is for the server to say. Nothing here reads files or knows of servers.
 */
@NullMarked
package io.keelson.cli.manifest;

import org.jspecify.annotations.NullMarked;
