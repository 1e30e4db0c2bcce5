package io.keelson.cli.manifest;

import java.util.List;

/**
 * What a text holds.
 *
 * @param documents its objects in order; of no use unless there are no problems
 * @param problems everything that is wrong, in order of lines
 */
public record Parsed(List<Document> documents, List<Problem> problems) {
    public Parsed {
        documents = List.copyOf(documents);
        problems = List.copyOf(problems);
    }
}
