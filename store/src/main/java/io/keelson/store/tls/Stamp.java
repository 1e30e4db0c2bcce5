package io.keelson.store.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** What tells whether files have changed, without reading them: a file that was replaced has another key, or time, or size. */
record Stamp(List<String> files) {

    static Stamp of(List<Path> files) {
        var seen = new ArrayList<String>();
        for (Path file : files) {
            try {
                var attributes = Files.readAttributes(file, BasicFileAttributes.class);
                seen.add(attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey());
            } catch (IOException absent) {
                seen.add("absent");
            }
        }
        return new Stamp(List.copyOf(seen));
    }
}
