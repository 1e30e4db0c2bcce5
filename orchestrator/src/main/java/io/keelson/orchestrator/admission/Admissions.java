package io.keelson.orchestrator.admission;

import io.keelson.orchestrator.admit.BuiltIns;
import io.keelson.orchestrator.admit.MutatingPolicy;
import io.keelson.orchestrator.admit.Mutations;
import io.keelson.orchestrator.admit.Plugins;
import io.keelson.orchestrator.admit.Policies;
import io.keelson.orchestrator.admit.Policy;
import io.keelson.orchestrator.admit.Quotas;
import io.keelson.orchestrator.admit.Request;
import io.keelson.orchestrator.admit.SubresourceForm;
import io.keelson.orchestrator.admit.Verdict;
import io.keelson.orchestrator.admit.Webhook;
import io.keelson.orchestrator.api.Admission;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.AuditNotes;
import io.keelson.orchestrator.kind.Defaults;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Operation;
import io.keelson.orchestrator.registry.Rejection;
import io.keelson.store.Kv;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** Lets everybody who has one have a say in a write, in Kubernetes' order. */
public final class Admissions implements Admission {

    /** Writers of more namespaces than this at once may wait for each other without need. */
    private static final int STRIPES = 64;

    private static final Kind QUOTA =
            Kinds.builtIn().byApiVersion("v1", "ResourceQuota").orElseThrow();

    private final Kv kv;
    private final Sources sources;
    private final Webhooks webhooks;
    private final Plugins plugins;
    private final CompiledOnce<Policy> policies = new CompiledOnce<>(Policy::of);
    private final CompiledOnce<MutatingPolicy> mutations = new CompiledOnce<>(MutatingPolicy::of);
    private final List<ReentrantLock> locks;

    /**
     * Over the store in which the objects are.
     *
     * @param kinds gives the present table of kinds, among which policies find their parameters
     * @param caller asks webhooks
     * @param rights what expressions ask who may do what
     * @param plugins who has a say
     */
    public Admissions(Kv kv, Supplier<Kinds> kinds, WebhookCaller caller, Rights rights, Plugins plugins) {
        this(kv, kinds, rights, new Webhooks(caller), plugins);
    }

    /** Everybody has a say, and nothing says that anybody may do anything. */
    public Admissions(Kv kv, Supplier<Kinds> kinds, WebhookCaller caller) {
        this(kv, kinds, caller, Rights.NONE, Plugins.ALL);
    }

    private Admissions(Kv kv, Supplier<Kinds> kinds, Rights rights, Webhooks webhooks, Plugins plugins) {
        this.plugins = plugins;
        this.kv = kv;
        this.sources = new Sources(new Parsed(), new KnownEmpty(), kinds, rights);
        this.webhooks = webhooks;
        this.locks = Stream.generate(ReentrantLock::new).limit(STRIPES).toList();
    }

    @Override
    public Admission over(Kv other) {
        // Nothing that was read is shared: revisions of a draft may come to mean something else.
        return new Admissions(other, sources.kinds(), sources.rights(), webhooks, plugins);
    }

    @Override
    public Judged judge(Intent intent, String name, ObjectNode sent) {
        boolean connects = intent.operation() == Operation.CONNECT;
        OnePass pass = new OnePass(intent, StoreFacts.newest(kv, sources, connects));
        Request asked = pass.request(name, Optional.empty(), Optional.of(sent));
        Request request = asked.with(pass.mutateSent(asked));
        pass.ask(request);
        return new Judged(request.object().orElseThrow(), pass.heard.warnings());
    }

    @Override
    public Pass begin(Intent intent) {
        return new OnePass(intent);
    }

    private final class OnePass implements Pass {

        private final Intent intent;
        private final StoreFacts facts;
        private final Heard heard = new Heard(new ArrayList<>(), AuditNotes.current());
        private Optional<ReentrantLock> held = Optional.empty();

        /** What was sent to a subresource, as it is after all that changed it. */
        private Optional<ObjectNode> sent = Optional.empty();

        OnePass(Intent intent, StoreFacts facts) {
            this.intent = intent;
            this.facts = facts;
        }

        OnePass(Intent intent) {
            this.intent = intent;
            if (intent.basis() == Admission.Basis.NEWEST) {
                // Perhaps because something has come where nothing was.
                sources.empty().forget();
            }
            // What is changed or deleted has been read just now.
            this.facts = intent.basis() == Admission.Basis.HERE
                    ? StoreFacts.here(kv, sources)
                    : StoreFacts.newest(kv, sources, intent.operation() != Operation.CREATE);
        }

        private Request request(String name, Optional<ObjectNode> live, Optional<ObjectNode> object) {
            return new Request(
                    intent.operation(),
                    intent.kind(),
                    intent.subresource(),
                    intent.namespace(),
                    name,
                    intent.user(),
                    intent.dryRun(),
                    intent.options(),
                    object,
                    live);
        }

        /** Whether policies and webhooks have a say: of what an eviction deletes, they had it when it was admitted. */
        private boolean asks() {
            return intent.operation() != Operation.DELETE
                    || intent.subresource().isEmpty();
        }

        @Override
        public ObjectNode mutate(Optional<ObjectNode> live, ObjectNode object) {
            if (!intent.subresource().isEmpty()) {
                String name = live.flatMap(each -> Json.string(each, "metadata", "name"))
                        .orElse("");
                ObjectNode mutated = mutateSent(SubresourceForm.sent(request(name, live, Optional.of(object))));
                sent = Optional.of(mutated);
                return mutated;
            }
            Request request = request(Json.string(object, "metadata", "name").orElse(""), live, Optional.of(object));
            ObjectNode own = byPolicies(request.with(builtIn(request, object)), false);
            if (!plugins.on(Plugins.MUTATING_WEBHOOKS)) {
                return own;
            }
            return webhooks.mutate(
                    request.with(own),
                    facts,
                    changed -> byPolicies(request.with(builtIn(request, changed)), true),
                    heard);
        }

        /** What is sent to a subresource is for policies and webhooks; of the built-in plugins one concerns itself with how pods are resized. */
        private ObjectNode mutateSent(Request request) {
            ObjectNode sent = request.object().orElseThrow();
            boolean byPolicies = request.operation() != Operation.CONNECT
                    && plugins.on(Plugins.MUTATING_POLICIES)
                    && Mutations.any(facts);
            boolean byWebhooks = plugins.on(Plugins.MUTATING_WEBHOOKS)
                    && !Webhook.mutating(facts).isEmpty();
            boolean byPlugins = BuiltIns.mutates(request);
            if (!byPlugins && !byPolicies && !byWebhooks) {
                return sent;
            }
            Kind kind = request.ownKind().orElse(request.kind());
            ObjectNode clean = Defaults.withoutNulls(kind, sent);
            Request filled = request.with(byPlugins ? builtIn(request, clean) : clean);
            Request own = byPolicies ? filled.with(byPolicies(filled, false)) : filled;
            UnaryOperator<ObjectNode> again = changed -> {
                ObjectNode whole = byPlugins ? builtIn(own, changed) : changed;
                return byPolicies ? byPolicies(own.with(whole), true) : whole;
            };
            return byWebhooks
                    ? webhooks.mutate(own, facts, again, heard)
                    : own.object().orElseThrow();
        }

        /** @param again whether it is the second time */
        private ObjectNode byPolicies(Request request, boolean again) {
            if (!plugins.on(Plugins.MUTATING_POLICIES)) {
                return request.object().orElseThrow();
            }
            return switch (Mutations.of(request, again, facts, mutations::of)) {
                case Mutations.Result.Made made -> made.object();
                case Mutations.Result.Refused refused -> throw new ApiException(refused.why());
            };
        }

        private ObjectNode builtIn(Request request, ObjectNode object) {
            refuse(BuiltIns.mutate(request.with(object), object, facts, plugins));
            return object;
        }

        @Override
        public Terms validate(String name, Optional<ObjectNode> live, Optional<ObjectNode> object) {
            Request request = request(name, live, object);
            if (object.isEmpty() && asks() && plugins.on(Plugins.MUTATING_WEBHOOKS)) {
                webhooks.mutate(request, facts, UnaryOperator.identity(), heard);
            }
            heard(BuiltIns.validate(request, facts, plugins));
            if (asks()) {
                ask(SubresourceForm.stored(request, sent));
            }
            boolean counted = plugins.on(Plugins.QUOTA) && Quotas.concerns(request);
            Map<Ref, ObjectNode> charged = counted ? charge(request) : Map.of();
            return new Terms(facts.unchanged(), facts.ranges(), charged, heard.warnings());
        }

        /** Those who judge and may be anybody: policies and webhooks. */
        private void ask(Request request) {
            if (plugins.on(Plugins.POLICIES)) {
                heard(Policies.judge(request, facts, policies::of));
            }
            if (plugins.on(Plugins.VALIDATING_WEBHOOKS)) {
                webhooks.validate(request, facts, heard);
            }
        }

        private void heard(Verdict verdict) {
            // First what is to be told, also of what is refused.
            verdict.audit().forEach(heard.notes()::add);
            refuse(verdict.refusal());
            heard.warnings().addAll(verdict.warnings());
        }

        /** One writer of a quota after the other: each needs the sum that the one before has left. */
        private Map<Ref, ObjectNode> charge(Request request) {
            String namespace = request.namespace();
            if (facts.list(QUOTA, namespace).isEmpty()) {
                return Map.of();
            }
            ReentrantLock lock = locks.get(Math.floorMod(namespace.hashCode(), STRIPES));
            lock.lock();
            held = Optional.of(lock);
            StoreFacts now = StoreFacts.newest(kv, sources, false);
            Quotas.Result result = Quotas.judge(request, now.list(QUOTA, namespace));
            now.ranges().forEach(facts.ranges()::put);
            return switch (result) {
                case Quotas.Result.Exceeded exceeded -> throw new ApiException(exceeded.rejection());
                case Quotas.Result.Within within -> written(within.charged());
            };
        }

        private Map<Ref, ObjectNode> written(List<ObjectNode> quotas) {
            Map<Ref, ObjectNode> all = new LinkedHashMap<>();
            for (ObjectNode quota : quotas) {
                Ref ref = new Ref(
                        QUOTA,
                        intent.namespace(),
                        Json.string(quota, "metadata", "name").orElseThrow());
                Json.child(quota, "metadata").remove("resourceVersion");
                all.put(ref, quota);
            }
            return all;
        }

        private static void refuse(Optional<Rejection> refusal) {
            refusal.ifPresent(why -> {
                throw new ApiException(why);
            });
        }

        @Override
        public void close() {
            held.ifPresent(ReentrantLock::unlock);
            held = Optional.empty();
        }
    }
}
