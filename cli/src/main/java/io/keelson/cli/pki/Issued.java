package io.keelson.cli.pki;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;

/**
 * A certificate and its key.
 *
 * @param certificate signed by the authority, or by itself if it is the authority's
 * @param key EC P-256
 */
public record Issued(X509Certificate certificate, PrivateKey key) {}
