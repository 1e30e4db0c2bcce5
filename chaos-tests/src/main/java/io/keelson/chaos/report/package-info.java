/** What is left of a run: the history as text, and a picture of it in one file that needs nothing else. */
@NullMarked
package io.keelson.chaos.report;

import org.jspecify.annotations.NullMarked;
