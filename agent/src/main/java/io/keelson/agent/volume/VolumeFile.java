package io.keelson.agent.volume;

import com.google.protobuf.ByteString;

/** One file of a volume: path relative to it, content, permission bits. */
record VolumeFile(String path, ByteString content, int mode) {}
