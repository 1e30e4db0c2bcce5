package io.keelson.orchestrator.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.model.History.Told;
import io.keelson.proto.v1.ListResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Lists in every way that a client can ask for, whole and in pages, each compared with the history at the revision it claims. */
final class Listing {

    private final Client client;
    private final History history;
    private final Random random;

    Listing(Client client, History history, Random random) {
        this.client = client;
        this.history = history;
        this.random = random;
    }

    /** One list at one revision, all at once. */
    void whole(Selection selection, long compacted) throws IOException, InterruptedException {
        long before = history.newest();
        long past = Math.max(1, before - random.nextInt(60));
        long future = before + 1_000_000;
        String path = selection.row().path(selection.namespace()) + selection.query();
        switch (random.nextInt(7)) {
            case 0 -> expect(selection, client.get(path), before, Optional.empty());
            case 1 -> expect(selection, client.get(path + "&resourceVersion=0"), 0, Optional.empty());
            case 2 -> expect(selection, client.get(path + "&resourceVersion=" + past), past, Optional.empty());
            case 3 ->
                expect(
                        selection,
                        client.get(path + "&resourceVersionMatch=NotOlderThan&resourceVersion=" + past),
                        past,
                        Optional.empty());
            case 4 -> {
                Client.Answer answer = client.get(path + "&resourceVersionMatch=Exact&resourceVersion=" + past);
                if (past < compacted) {
                    assertThat(answer.reason()).as(answer.toString()).isEqualTo("Expired");
                } else {
                    expect(selection, answer, past, Optional.of(past));
                }
            }
            case 5 -> {
                String match = random.nextBoolean() ? "Exact" : "NotOlderThan";
                Client.Answer answer =
                        client.get(path + "&resourceVersionMatch=" + match + "&resourceVersion=" + future);
                assertThat(answer.reason()).as(answer.toString()).isEqualTo("Timeout");
                assertThat(answer.body().toString()).contains("ResourceVersionTooLarge", "Too large resource version");
            }
            default -> {
                ListResponse list = client.list(selection, 0, "");
                expect(selection, list.getRevision(), items(list), before);
            }
        }
    }

    private void expect(Selection selection, Client.Answer answer, long notBefore, Optional<Long> exactly)
            throws InterruptedException {
        assertThat(answer.code()).as(answer.toString()).isEqualTo(200);
        exactly.ifPresent(revision -> assertThat(answer.revision()).isEqualTo(revision));
        expect(selection, answer.revision(), items(answer.body()), notBefore);
    }

    private void expect(Selection selection, long revision, List<ObjectNode> items, long notBefore)
            throws InterruptedException {
        history.catchUp();
        assertThat(revision).as(selection.toString()).isGreaterThanOrEqualTo(notBefore);
        assertThat(items)
                .as("%s at %s", selection, revision)
                .isEqualTo(objects(history.state(selection, revision).values()));
    }

    private static List<ObjectNode> objects(Collection<Told> told) {
        return told.stream().map(Told::object).toList();
    }

    private static List<ObjectNode> items(ObjectNode list) {
        List<ObjectNode> items = new ArrayList<>();
        for (JsonNode item : Json.items(list, "items")) {
            items.add((ObjectNode) item);
        }
        return items;
    }

    private static List<ObjectNode> items(ListResponse list) {
        return list.getItemsList().stream()
                .map(item -> Json.parse(item.getJson().toByteArray()))
                .toList();
    }

    /** What comes between two pages. */
    interface Between {
        /** Lets something happen; gives the revision up to which history is compacted. */
        long happen() throws IOException, InterruptedException;
    }

    /** A list in pages; while it is read, others write, and history may go. */
    void paged(Selection selection, Between between) throws IOException, InterruptedException {
        long limit = 1L + random.nextInt(4);
        long before = history.newest();
        String path = selection.row().path(selection.namespace()) + selection.query() + "&limit=" + limit;
        boolean exact = random.nextInt(3) == 0;
        Client.Answer page = client.get(exact ? path + "&resourceVersion=" + before : path);
        assertThat(page.code()).as(page.toString()).isEqualTo(200);
        long revision = page.revision();
        if (exact) {
            assertThat(revision).isEqualTo(before);
        }
        assertThat(revision).isGreaterThanOrEqualTo(before);
        NavigableMap<History.Key, Told> left = null;
        // What is there of all seeds before, and what may be written meanwhile.
        int most = history.state(selection, revision).size() + 200;
        for (int pages = 0; ; pages++) {
            assertThat(pages).as("pages of %s", selection).isLessThan(most);
            history.catchUp();
            left = left == null ? history.state(selection, revision) : left;
            List<ObjectNode> items = items(page.body());
            List<ObjectNode> expected =
                    objects(left.values().stream().limit(limit).toList());
            String token = page.body().path("metadata").path("continue").asString("");
            // A page may end early only where nobody knows whether more is selected.
            assertThat(items)
                    .as("page %s of %s at %s", pages, selection, revision)
                    .isEqualTo(expected);
            History.Key last = left.isEmpty()
                    ? null
                    : left.keySet().stream().limit(limit).toList().getLast();
            if (last != null) {
                left = new TreeMap<>(left.tailMap(last, false));
            }
            JsonNode remaining = page.body().path("metadata").path("remainingItemCount");
            if (token.isEmpty()) {
                assertThat(left)
                        .as("what follows the last page of %s at %s", selection, revision)
                        .isEmpty();
                return;
            }
            if (selection.isEverything()) {
                assertThat(remaining.asLong(-1)).isEqualTo(left.size());
            } else {
                assertThat(remaining.isMissingNode()).isTrue();
            }
            long compacted = between.happen();
            page = client.get(path + "&continue=" + token);
            if (page.code() == 410) {
                assertThat(compacted).as(page.toString()).isGreaterThan(revision);
                assertThat(page.reason()).isEqualTo("Expired");
                // The token of the refusal goes on at the newest revision, behind what was told.
                String other = page.body().path("metadata").path("continue").asString("");
                assertThat(other).as(page.toString()).isNotEmpty();
                page = client.get(path + "&continue=" + other);
                assertThat(page.code()).as(page.toString()).isEqualTo(200);
                revision = page.revision();
                history.catchUp();
                left = new TreeMap<>(history.state(selection, revision).tailMap(last, false));
            } else {
                assertThat(page.code()).as(page.toString()).isEqualTo(200);
                assertThat(compacted).isLessThanOrEqualTo(revision);
                assertThat(page.revision()).isEqualTo(revision);
            }
        }
    }
}
