package io.keelson.orchestrator.access;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.auth.Authentication;
import io.keelson.orchestrator.auth.Authorization;
import io.keelson.orchestrator.auth.Decision;
import io.keelson.orchestrator.auth.NodeGraph;
import io.keelson.orchestrator.auth.NodeRules;
import io.keelson.orchestrator.auth.PolicyRule;
import io.keelson.orchestrator.auth.Rbac;
import io.keelson.orchestrator.auth.RoleRef;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.MalformedJsonException;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Rejection;
import io.keelson.proto.etcd.KeyValue;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/** Who asks, and may it: one for a server, behind all doors. Thread safe; every call may wait for the store. */
public final class Gate {

    private static final System.Logger LOG = System.getLogger(Gate.class.getName());
    private static final String RBAC = "/registry/" + Rbac.GROUP + "/";
    private static final String PODS = "/registry/core/pods/";

    private final Followed<Rbac> rbac;
    private final Followed<NodeGraph> nodes;
    private final TokenKeys keys;
    private final Authenticators authenticators;
    private final ServiceAccountTokens accounts;
    private final LocalObjects objects;
    private final IssuerDocuments documents;

    /**
     * A gate over a store.
     *
     * @param random for new keys
     * @throws IllegalArgumentException if a file of the configuration cannot be used; the message names it
     */
    public Gate(ToldKv kv, AccessConfig config, InstantSource clock, SecureRandom random) {
        this.rbac = new Followed<>(kv, RBAC, Rbac::new, Gate::learnRbac);
        this.nodes = new Followed<>(kv, PODS, NodeGraph::new, Gate::learnPod);
        this.keys = new TokenKeys(kv, clock, random);
        this.objects = new LocalObjects(kv);
        this.accounts = new ServiceAccountTokens(keys, objects, config.issuer(), clock);
        Optional<OidcTokens> oidc = config.oidc()
                .map(provider -> new OidcTokens(provider.rules(), HttpsFetch.trusting(provider.ca()), clock));
        this.authenticators = new Authenticators(objects, accounts, oidc, config.anonymous(), clock);
        this.documents = new IssuerDocuments(keys, config.issuer());
    }

    private static void learnRbac(Rbac known, List<String> path, Optional<KeyValue> pair) {
        boolean namespaced = path.size() == 3;
        if (path.size() < 2 || path.size() > 3) {
            return;
        }
        String resource = path.getFirst();
        String namespace = namespaced ? path.get(1) : "";
        String name = path.getLast();
        learn(
                pair,
                object -> known.set(resource, namespace, name, object),
                () -> known.forget(resource, namespace, name));
    }

    private static void learnPod(NodeGraph known, List<String> path, Optional<KeyValue> pair) {
        if (path.size() == 2) {
            learn(
                    pair,
                    object -> known.set(path.get(0), path.get(1), object),
                    () -> known.forget(path.get(0), path.get(1)));
        }
    }

    /** What is no object gives no right. */
    private static void learn(Optional<KeyValue> pair, Consumer<ObjectNode> set, Runnable forget) {
        if (pair.isEmpty()) {
            forget.run();
            return;
        }
        try {
            set.accept(Json.parseUnmanaged(pair.get().getValue().toByteArray()));
        } catch (MalformedJsonException notAnObject) {
            forget.run();
        }
    }

    // Who

    /**
     * The user that a request acts as.
     *
     * @param acting told of the real user and the one that it wants to act as, if these are two; before it is known whether it may
     * @throws ApiException UNAUTHORIZED if nobody knows who sends it, FORBIDDEN if it must not act as another
     */
    public User user(Credentials credentials, BiConsumer<User, User> acting) {
        User user = switch (authenticators.authenticate(credentials)) {
            case Authentication.Known known -> known.user();
            case Authentication.NotMine _ -> throw new ApiException(Authorization.unauthorized());
            case Authentication.Refused refused -> {
                LOG.log(Level.DEBUG, () -> "a token was refused: " + refused.reason());
                throw new ApiException(Authorization.unauthorized());
            }
        };
        if (credentials.actAs().isEmpty()) {
            return user;
        }
        User other = credentials.actAs().get().user();
        acting.accept(user, other);
        for (Access.ToObjects needed : credentials.actAs().get().needed()) {
            String _ = require(user, needed);
        }
        return other;
    }

    /** Who has a token that is meant for one of these audiences; for the cluster itself if there are none. */
    public Authentication token(String token, List<String> audiences) {
        return authenticators.token(token, audiences.isEmpty() ? List.of(accounts.issuer()) : audiences);
    }

    // What

    /** Whether a user may. A yes is of all that this server has applied and told; a no is of the newest revision. */
    public Decision decide(User user, Access access) {
        if (Authorization.isMaster(user)) {
            return Decision.ALLOWED;
        }
        Decision here = decide(user, access, false);
        return here.allowed() ? here : decide(user, access, true);
    }

    private Decision decide(User user, Access access, boolean newest) {
        Decision node = Decision.NO_OPINION;
        if (NodeRules.isNode(user)) {
            node = newest
                    ? nodes.askNewest(graph -> NodeRules.decide(user, access, graph))
                    : nodes.ask(graph -> NodeRules.decide(user, access, graph));
        }
        if (node.allowed()) {
            return node;
        }
        Decision role = newest
                ? rbac.askNewest(known -> known.decide(user, access))
                : rbac.ask(known -> known.decide(user, access));
        return Authorization.first(node, role);
    }

    /**
     * Lets a user pass, or not.
     *
     * @return why it may, in Kubernetes' words; empty if there is nothing to say
     * @throws ApiException FORBIDDEN, in Kubernetes' words
     */
    public String require(User user, Access access) {
        Decision decision = decide(user, access);
        if (!decision.allowed()) {
            throw new ApiException(Authorization.forbidden(user, access, decision.reason()));
        }
        return decision.reason();
    }

    /**
     * All that roles let a user do.
     *
     * @param namespace where; empty for the whole cluster
     * @param errors takes what could not be found
     */
    public List<PolicyRule> rules(User user, String namespace, Collection<String> errors) {
        return rbac.askNewest(known -> known.rulesOf(user, namespace, errors));
    }

    /**
     * The rules of a role.
     *
     * @throws ApiException NOT_FOUND if there is no such role
     */
    public List<PolicyRule> rules(RoleRef role) {
        return rbac.askNewest(known -> known.rules(role)).orElseThrow(() -> new ApiException(missing(role)));
    }

    static Rejection missing(RoleRef role) {
        return Rejection.of(
                Reason.NOT_FOUND, role.resource() + "." + Rbac.GROUP + " \"" + role.name() + "\" not found");
    }

    // Tokens

    /** Makes the tokens of service accounts. */
    ServiceAccountTokens accounts() {
        return accounts;
    }

    /** Finds objects as of the newest revision. */
    LocalObjects objects() {
        return objects;
    }

    /** What others need to know to prove tokens. */
    public IssuerDocuments documents() {
        return documents;
    }

    /** What must be done now and then, at least each minute: see that keys are fresh. */
    public void upkeep() {
        keys.rotate();
    }

    /**
     * Reads what has happened, so that no history piles up unread. To be called often: two thousand changes at once are a tenth of a second in
     * which a processor does nothing else, and who asks meanwhile waits.
     */
    public void keepUp() {
        rbac.keepUp();
        nodes.keepUp();
    }
}
