package io.keelson.orchestrator.sets;

import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.Committed;
import io.keelson.orchestrator.api.Past;
import io.keelson.orchestrator.api.Stored;
import io.keelson.orchestrator.api.Transaction;
import io.keelson.orchestrator.api.WriteOptions;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.past.Restoring;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Rejection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import tools.jackson.databind.node.ObjectNode;

/** Brings objects back to where they were. Thread safe; every call blocks. */
public final class Undoing {

    private final Api api;

    /** Over an API. */
    public Undoing(Api api) {
        this.api = api;
    }

    /**
     * Where an undo goes that names no revision.
     *
     * @throws ApiException BAD_REQUEST if history has no other state of the object
     */
    public long previous(Ref ref) {
        long oldest = api.past().oldest();
        List<Past.Version> versions = api.past().versions(ref, oldest);
        if (versions.isEmpty()) {
            throw ApiException.notFound(ref.kind(), ref.name());
        }
        return Restoring.previous(versions.stream().map(Past.Version::object).toList())
                .map(place -> versions.get(place).revision())
                // The oldest state known was made before history begins; it is asked for where history begins.
                .map(revision -> Math.max(revision, oldest))
                .orElseThrow(() -> new ApiException(Rejection.badRequest(
                        ref.kind(),
                        ref.name(),
                        "there is nothing to undo: since revision " + oldest
                                + ", the oldest that is known, nobody changed what "
                                + ref.kind().qualifiedResource()
                                + " \"" + ref.name() + "\" wishes")));
    }

    /**
     * Makes an object as it was at a revision.
     *
     * @throws ApiException NOT_FOUND if it was not there then; CONFLICT while it is being deleted; EXPIRED if that is not known any more
     */
    public Committed<Item> undo(Ref ref, long to, WriteOptions options) {
        ObjectNode past = api.past()
                .find(ref, to)
                .map(Stored::object)
                .orElseThrow(() -> new ApiException(
                        Reason.NOT_FOUND,
                        ref.kind().qualifiedResource() + " \"" + ref.name() + "\" not found at revision " + to));
        Committed<Item> done = api.atomically(
                options.dryRun(), transaction -> restore(transaction.api(), ref, past, Sets.stored(options)));
        done.setVersion(done.result().after());
        return done;
    }

    private static Item restore(Api draft, Ref ref, ObjectNode past, WriteOptions options) {
        Optional<Stored> live = draft.find(ref);
        if (live.isEmpty()) {
            ObjectNode anew = Restoring.anew(ref.kind(), past);
            Stored created = draft.create(ref.kind(), ref.namespace(), anew, options);
            return new Item(ref, Item.Outcome.CREATED, Optional.empty(), created.object(), created.warnings());
        }
        ObjectNode before = live.get().object();
        if (Json.string(before, "metadata", "deletionTimestamp").isPresent()) {
            throw new ApiException(Rejection.conflict(
                    ref.kind(), ref.name(), "it is being deleted; undo brings it back when it is gone"));
        }
        Stored after = draft.update(ref, "", Restoring.over(before, past), options);
        boolean same = after.revision() == live.get().revision();
        return new Item(
                ref,
                same ? Item.Outcome.UNCHANGED : Item.Outcome.CONFIGURED,
                Optional.of(before),
                after.object(),
                after.warnings());
    }

    /**
     * Makes every object of a set as it was before the set's last change: those that were not there are deleted, those that have been
     * deleted come back. Afterwards the set is as that change found it, so a second undo does the change again.
     *
     * @param may throws if the caller may not do something, by Kubernetes' verb, with an object
     */
    public Committed<List<Item>> undoSet(
            String namespace, String set, WriteOptions options, BiConsumer<String, Ref> may) {
        String key = SetRecord.key(namespace, set);
        long last = api.past()
                .keptAt(key)
                .orElseThrow(() -> new ApiException(
                        Reason.NOT_FOUND, "there is no set \"" + set + "\" in namespace \"" + namespace + "\""));
        long to = last - 1;
        Optional<byte[]> recordThen = api.past().kept(key, to);
        Committed<List<Item>> done = api.atomically(options.dryRun(), transaction -> {
            byte[] recordNow = transaction.kept(key).orElse(new byte[0]);
            if (api.past().keptAt(key).filter(at -> at == last).isEmpty()) {
                throw new ApiException(Reason.CONFLICT, "the set \"" + set + "\" was changed meanwhile");
            }
            Map<String, Member> all = new LinkedHashMap<>();
            List<Member> then = recordThen
                    .map(stored -> SetRecord.read(api.kinds(), stored))
                    .orElse(List.of());
            then.forEach(member -> all.put(member.ref().key(), member));
            SetRecord.read(api.kinds(), recordNow)
                    .forEach(member -> all.putIfAbsent(member.ref().key(), member));
            List<Item> items = restoreAll(transaction, all.values().stream().toList(), to, options, may);
            transaction.keep(key, SetRecord.write(membersAfter(then, items)));
            return items;
        });
        done.result().forEach(item -> done.setVersion(item.after()));
        return done;
    }

    private List<Item> restoreAll(
            Transaction transaction, List<Member> members, long to, WriteOptions options, BiConsumer<String, Ref> may) {
        List<Item> items = new ArrayList<>();
        Sets.Refusals refusals = new Sets.Refusals();
        List<Member> inOrder = members.stream()
                .sorted(Comparator.comparingInt(member -> Sets.rank(member.ref().kind())))
                .toList();
        for (Member member : inOrder) {
            refusals.collect(-1, member.ref(), () -> {
                Optional<ObjectNode> past = api.past().find(member.ref(), to).map(Stored::object);
                Optional<ObjectNode> live = transaction.api().find(member.ref()).map(Stored::object);
                if (past.isPresent()) {
                    may.accept(live.isPresent() ? "update" : "create", member.ref());
                    items.add(restore(transaction.api(), member.ref(), past.get(), Sets.stored(options)));
                } else if (live.isPresent() && Sets.uid(live.get()).equals(member.uid())) {
                    may.accept("delete", member.ref());
                    items.add(Sets.prune(transaction.api(), member, live.get(), options));
                }
            });
        }
        refusals.throwIfAny(members.size());
        return items;
    }

    /** The members of then, with the uids that they have now. */
    private static List<Member> membersAfter(List<Member> then, List<Item> items) {
        return then.stream()
                .map(member -> items.stream()
                        .filter(item -> item.ref().equals(member.ref()))
                        .findFirst()
                        .map(item -> new Member(item.ref(), Sets.uid(item.after())))
                        .orElse(member))
                .toList();
    }
}
