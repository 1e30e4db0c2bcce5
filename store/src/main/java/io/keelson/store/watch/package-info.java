/**
 * What has happened, for watchers. The newest revisions are kept in memory and shared by all; older ones are read from disk by
 * who wants them. A watcher is a cursor over this: a slow one costs only itself.
 */
@NullMarked
package io.keelson.store.watch;

import org.jspecify.annotations.NullMarked;
