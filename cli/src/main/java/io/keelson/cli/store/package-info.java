/**
 * {@code keelson store} as a stand-in for the program {@code etcd}: etcd's flags, environment variables and configuration file.
 *
 * <pre>
 *   words, ETCD_*, FILE --Given--> values by flag --Values--> typed --Setup--> StoreConfig
 *                         |
 *                       Flags: the table of what there is, and what each means here
 * </pre>
 *
 * <p>All of it is pure but {@link io.keelson.cli.store.OwnCertificates}, which makes files.
 */
@NullMarked
package io.keelson.cli.store;

import org.jspecify.annotations.NullMarked;
