package io.keelson.store;

import java.nio.file.Path;

/**
 * Who we are and whom we trust on one kind of connection. All files are PEM.
 *
 * @param certificate our certificate chain
 * @param key its private key, PKCS#8
 * @param trustedCa the authority that the other side's certificate must come from
 */
public record Tls(Path certificate, Path key, Path trustedCa) {}
