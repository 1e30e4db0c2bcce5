package io.keelson.orchestrator.http;

import java.io.InputStream;
import java.io.OutputStream;

/** A connection without HTTP. One thread reads, one at a time writes; a write waits for the client. */
record Wire(InputStream in, OutputStream out) {}
