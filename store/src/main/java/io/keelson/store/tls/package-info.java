/**
 * TLS files of an operator, as what the JDK's TLS asks: {@link io.keelson.store.tls.Credentials} is a key manager and a trust manager over
 * PEM files that are read again when they change, so that a certificate is renewed without a restart. {@link
 * io.keelson.store.tls.PemFiles} reads them, and {@link io.keelson.store.tls.PemKeys} the keys of tokens as well. Knows no connection and no library that makes them.
 */
@NullMarked
package io.keelson.store.tls;

import org.jspecify.annotations.NullMarked;
