/**
 * The cluster's keys: one certificate authority, and certificates for servers, nodes and users, all EC P-256 in PEM (PKCS#8 keys).
 *
 * <p>A certificate is a value made by {@link io.keelson.cli.pki.Authority}; {@link io.keelson.cli.pki.Pem} is its text form. Who needs which
 * certificate, and where the files are, is the business of {@code cli.cluster}.
 */
@NullMarked
package io.keelson.cli.pki;

import org.jspecify.annotations.NullMarked;
