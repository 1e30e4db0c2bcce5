package io.keelson.orchestrator.sets;

import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.Applied;
import io.keelson.orchestrator.api.Committed;
import io.keelson.orchestrator.api.DeleteOptions;
import io.keelson.orchestrator.api.Deleted;
import io.keelson.orchestrator.api.Stored;
import io.keelson.orchestrator.api.Transaction;
import io.keelson.orchestrator.api.WriteOptions;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Propagation;
import io.keelson.orchestrator.registry.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ObjectNode;

/** Applies sets. Thread safe; every call blocks, and throws {@link ApiException} or {@link SetRefusedException}. */
public final class Sets {

    private static final int MAX_NAME = 63;

    private final Api api;

    /** Over an API. */
    public Sets(Api api) {
        this.api = api;
    }

    /**
     * Applies all objects and deletes what has left the set, or does nothing at all.
     *
     * @throws SetRefusedException if objects were refused
     */
    public Committed<List<Item>> apply(Applying wish) {
        wish.set().ifPresent(Sets::checkName);
        if (wish.prune() && wish.set().isEmpty()) {
            throw ApiException.badRequest("set: Required value: only a set that has a name can be pruned");
        }
        checkDistinct(wish);
        Committed<List<Item>> done = api.atomically(wish.options().dryRun(), transaction -> {
            List<Item> items = new ArrayList<>(applyAll(transaction.api(), wish));
            if (wish.set().isPresent()) {
                items.addAll(remember(transaction, wish, wish.set().get(), items));
            }
            return items;
        });
        done.result().forEach(item -> done.setVersion(item.after()));
        return done;
    }

    /**
     * What a set holds.
     *
     * @param members its objects, in the order in which they were applied
     * @param revision of its last change
     */
    public record Held(List<Member> members, long revision) {}

    /** What a set holds; empty if nothing was ever applied under the name. */
    public Optional<Held> held(String namespace, String set) {
        String key = SetRecord.key(namespace, set);
        return api.past()
                .keptAt(key)
                .flatMap(revision -> api.past()
                        .kept(key, revision)
                        .map(stored -> new Held(SetRecord.read(api.kinds(), stored), revision)));
    }

    private static void checkName(String set) {
        if (set.length() > MAX_NAME || !set.matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?")) {
            throw ApiException.badRequest("set: Invalid value: \"" + set
                    + "\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and"
                    + " must start and end with an alphanumeric character, at most " + MAX_NAME + " characters");
        }
    }

    private static void checkDistinct(Applying wish) {
        Set<String> keys = new HashSet<>();
        for (Applying.Part part : wish.parts()) {
            if (!keys.add(part.ref().key())) {
                throw ApiException.badRequest(part.ref().kind().qualifiedResource() + " \""
                        + part.ref().name() + "\" is in the set twice");
            }
        }
    }

    private static List<Item> applyAll(Api draft, Applying wish) {
        List<Applying.Part> parts = wish.parts();
        List<Integer> order = IntStream.range(0, parts.size())
                .boxed()
                .sorted(Comparator.comparingInt(
                        index -> rank(parts.get(index).ref().kind())))
                .toList();
        Map<Integer, Item> items = new TreeMap<>();
        Refusals refusals = new Refusals();
        for (int index : order) {
            Applying.Part part = parts.get(index);
            refusals.collect(index, part.ref(), () -> items.put(index, apply(draft, part, stored(wish.options()))));
        }
        refusals.throwIfAny(parts.size());
        return List.copyOf(items.values());
    }

    /** A namespace must be there before what lives in it, and a role as it will be before who binds it is judged. */
    static int rank(Kind kind) {
        return switch (kind.qualifiedResource()) {
            case "namespaces" -> 0;
            case "clusterroles.rbac.authorization.k8s.io", "roles.rbac.authorization.k8s.io" -> 1;
            default -> 2;
        };
    }

    /** In a draft each write is stored, even for a dry run: what comes after it must see it. */
    static WriteOptions stored(WriteOptions options) {
        return new WriteOptions(options.user(), options.fieldManager(), false, options.validation(), List.of());
    }

    private static Item apply(Api draft, Applying.Part part, WriteOptions options) {
        Optional<ObjectNode> before = draft.find(part.ref()).map(Stored::object);
        Applied applied = draft.apply(part.ref().kind(), part.ref().namespace(), part.object(), options);
        List<String> warnings = new ArrayList<>(part.warnings());
        warnings.addAll(applied.stored().warnings());
        Item.Outcome outcome = switch (applied.outcome()) {
            case UNCHANGED -> Item.Outcome.UNCHANGED;
            case CREATED -> Item.Outcome.CREATED;
            case CONFIGURED -> Item.Outcome.CONFIGURED;
        };
        return new Item(part.ref(), outcome, before, applied.stored().object(), warnings);
    }

    /** Prunes if that is wished, and writes down what the set holds from now on. */
    private List<Item> remember(Transaction transaction, Applying wish, String set, List<Item> applied) {
        String key = SetRecord.key(wish.namespace(), set);
        Map<String, Member> members = new LinkedHashMap<>();
        applied.forEach(item -> members.put(item.ref().key(), new Member(item.ref(), uid(item.after()))));
        Optional<byte[]> before = transaction.kept(key);
        List<Member> left = before.map(stored -> SetRecord.read(api.kinds(), stored)).orElse(List.of()).stream()
                .filter(member -> !members.containsKey(member.ref().key()))
                .toList();
        List<Item> pruned = new ArrayList<>();
        Refusals refusals = new Refusals();
        for (Member member : left) {
            Optional<ObjectNode> live = transaction.api().find(member.ref()).map(Stored::object);
            if (live.isEmpty() || !uid(live.get()).equals(member.uid())) {
                continue;
            }
            if (!wish.prune()) {
                members.put(member.ref().key(), member);
                continue;
            }
            refusals.collect(-1, member.ref(), () -> {
                wish.mayDelete().accept(member.ref());
                pruned.add(prune(transaction.api(), member, live.get(), wish.options()));
            });
        }
        refusals.throwIfAny(applied.size());
        byte[] after = SetRecord.write(members.values());
        if (before.isEmpty() || !Arrays.equals(before.get(), after) || anyChanged(applied, pruned)) {
            transaction.keep(key, after);
        }
        return pruned;
    }

    /** The record is written with every change of the set, so that its revision tells when that was. */
    private static boolean anyChanged(List<Item> applied, List<Item> pruned) {
        return !pruned.isEmpty() || applied.stream().anyMatch(item -> item.outcome() != Item.Outcome.UNCHANGED);
    }

    static Item prune(Api draft, Member member, ObjectNode live, WriteOptions options) {
        Deleted deleted = draft.delete(
                member.ref(),
                new DeleteOptions(
                        options.user(),
                        Optional.of(member.uid()),
                        Optional.empty(),
                        Optional.empty(),
                        Propagation.BACKGROUND,
                        false,
                        List.of()));
        return new Item(member.ref(), Item.Outcome.PRUNED, Optional.of(live), deleted.object(), List.of());
    }

    static String uid(ObjectNode object) {
        return Json.string(object, "metadata", "uid").orElse("");
    }

    /** Collects what is refused, so that all of it can be told at once. */
    static final class Refusals {

        private final List<SetRefusedException.Refused> refused = new ArrayList<>();

        /** Does something with one object; failures that are not about it go through. */
        void collect(int index, Ref ref, Runnable work) {
            try {
                work.run();
            } catch (ApiException e) {
                if (isOfTheWorld(e.reason())) {
                    throw e;
                }
                refused.add(new SetRefusedException.Refused(index, ref, e.rejection()));
            }
        }

        private static boolean isOfTheWorld(Reason reason) {
            return switch (reason) {
                case SERVICE_UNAVAILABLE, TIMEOUT, EXPIRED, TOO_MANY_REQUESTS, INTERNAL_ERROR, UNKNOWN, UNAUTHORIZED ->
                    true;
                case BAD_REQUEST,
                        FORBIDDEN,
                        NOT_FOUND,
                        METHOD_NOT_ALLOWED,
                        NOT_ACCEPTABLE,
                        ALREADY_EXISTS,
                        CONFLICT,
                        REQUEST_ENTITY_TOO_LARGE,
                        UNSUPPORTED_MEDIA_TYPE,
                        INVALID,
                        NOT_IMPLEMENTED -> false;
            };
        }

        void throwIfAny(int all) {
            if (!refused.isEmpty()) {
                refused.sort(Comparator.comparingInt(SetRefusedException.Refused::index));
                throw new SetRefusedException(refused, all);
            }
        }
    }
}
