package io.keelson.orchestrator.access;

import com.google.protobuf.ByteString;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.Failures;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.api.WriteCheck;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.auth.Authorization;
import io.keelson.orchestrator.auth.Escalation;
import io.keelson.orchestrator.auth.NodeRules;
import io.keelson.orchestrator.auth.OwnerReferences;
import io.keelson.orchestrator.auth.PolicyRule;
import io.keelson.orchestrator.auth.Rbac;
import io.keelson.orchestrator.auth.RoleRef;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Rejection;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RangeResponse;
import io.keelson.store.Kv;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/** Looks at what is written about rights: nobody gives what it does not have, and nodes speak for themselves alone. */
public final class Grants implements WriteCheck {

    /** All there is: who changes how roles are gathered must hold it, for what will be gathered is not known. */
    private static final List<PolicyRule> EVERYTHING =
            List.of(PolicyRule.of("*", List.of("*"), "*"), PolicyRule.ofPaths(List.of("*"), "*"));

    private static final String CERTIFICATE_REQUESTS = "certificatesigningrequests.certificates.k8s.io";

    private final Gate gate;
    private final Optional<Supplier<Kinds>> owners;
    private final Function<RoleRef, List<PolicyRule>> roles;

    /** Asks a gate what users hold. */
    public Grants(Gate gate) {
        this(gate, Optional.empty(), gate::rules);
    }

    /**
     * The same, with an eye on who says whose an object is.
     *
     * @param owners gives the kinds of owners; empty if nobody looks at that
     */
    public Grants(Gate gate, Optional<Supplier<Kinds>> owners) {
        this(gate, owners, gate::rules);
    }

    private Grants(Gate gate, Optional<Supplier<Kinds>> owners, Function<RoleRef, List<PolicyRule>> roles) {
        this.gate = gate;
        this.owners = owners;
        this.roles = roles;
    }

    /** What a user holds is what it held before; what a role gives is what it will give. */
    @Override
    public WriteCheck over(Kv other) {
        return new Grants(gate, owners, role -> rules(other, role));
    }

    private static List<PolicyRule> rules(Kv kv, RoleRef role) {
        String key = "/registry/" + Rbac.GROUP + "/" + role.resource() + "/"
                + (role.namespace().isEmpty() ? "" : role.namespace() + "/") + role.name();
        RangeResponse stored = Failures.translated(() -> kv.range(
                RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build()));
        return stored.getKvsList().stream()
                .findFirst()
                .map(pair -> PolicyRule.listOf(Json.parse(pair.getValue().toByteArray())))
                .orElseThrow(() -> new ApiException(Gate.missing(role)));
    }

    @Override
    public void check(User user, Ref ref, String subresource, Optional<ObjectNode> live, ObjectNode object) {
        if (Authorization.isMaster(user)) {
            return;
        }
        NodeRules.restriction(user, ref.kind().resource(), ref.name(), live.isEmpty(), object)
                .ifPresent(why -> {
                    throw forbidden(ref, why);
                });
        if (live.isEmpty()) {
            // An apply and a patch may create: who may do these need not be let to do that.
            String _ = gate.require(
                    user,
                    new Access.ToObjects(
                            "create", ref.kind().group(), ref.kind().resource(), ref.namespace(), ref.name()));
        }
        owners.flatMap(kinds -> OwnerReferences.refusal(
                        ref,
                        subresource,
                        live,
                        object,
                        access -> gate.decide(user, access).allowed(),
                        (version, kind) -> kinds.get().byApiVersion(version, kind)))
                .ifPresent(why -> {
                    throw forbidden(ref, why);
                });
        if (ref.kind().qualifiedResource().equals(CERTIFICATE_REQUESTS)) {
            signer(user, ref, subresource, live, object);
        }
        if (!ref.kind().group().equals(Rbac.GROUP)) {
            return;
        }
        switch (ref.kind().resource()) {
            case "roles", "clusterroles" -> role(user, ref, live, object);
            case "rolebindings", "clusterrolebindings" -> binding(user, ref, live, object);
            default -> {}
        }
    }

    /** Who may approve requests, or sign, does so for signers that it was given only: Kubernetes' CertificateApproval and CertificateSigning. */
    private void signer(User user, Ref ref, String subresource, Optional<ObjectNode> live, ObjectNode object) {
        String verb = switch (subresource) {
            case "approval" -> "approve";
            case "status" -> "sign";
            default -> "";
        };
        if (verb.isEmpty() || (verb.equals("sign") && same(live, object, "status"))) {
            return;
        }
        String signer = live.flatMap(before -> Json.string(before, "spec", "signerName"))
                .orElse("");
        String anyOfDomain = signer.contains("/") ? signer.substring(0, signer.indexOf('/')) + "/*" : signer;
        for (String name : List.of(signer, anyOfDomain)) {
            Access.ToObjects access = new Access.ToObjects(verb, ref.kind().group(), "signers", "", name);
            if (gate.decide(user, access).allowed()) {
                return;
            }
        }
        throw forbidden(ref, "user not permitted to " + verb + " requests with signerName \"" + signer + "\"");
    }

    private static ApiException forbidden(Ref ref, String why) {
        return new ApiException(Rejection.forbidden(ref.kind(), ref.name(), why));
    }

    private static boolean same(Optional<ObjectNode> live, ObjectNode object, String... fields) {
        for (String field : fields) {
            if (live.isEmpty() || !Json.at(live.get(), field).equals(Json.at(object, field))) {
                return false;
            }
        }
        return true;
    }

    private void role(User user, Ref ref, Optional<ObjectNode> live, ObjectNode object) {
        if (same(live, object, "rules", "aggregationRule")
                || may(user, "escalate", ref.kind().resource(), ref)) {
            return;
        }
        List<String> errors = new ArrayList<>();
        List<PolicyRule> held = gate.rules(user, ref.namespace(), errors);
        boolean gathers = Json.at(object, "aggregationRule").isPresent()
                || live.flatMap(before -> Json.at(before, "aggregationRule")).isPresent();
        if (gathers && Escalation.refusal(user, held, EVERYTHING, errors).isPresent()) {
            throw forbidden(ref, "must have cluster-admin privileges to use an aggregationRule");
        }
        Escalation.refusal(user, held, PolicyRule.listOf(object), errors).ifPresent(why -> {
            throw forbidden(ref, why);
        });
    }

    private void binding(User user, Ref ref, Optional<ObjectNode> live, ObjectNode object) {
        RoleRef role = RoleRef.of(object, ref.namespace());
        Ref given = new Ref(ref.kind(), ref.namespace(), role.name());
        if (same(live, object, "roleRef", "subjects") || may(user, "bind", role.resource(), given)) {
            return;
        }
        List<String> errors = new ArrayList<>();
        List<PolicyRule> held = gate.rules(user, ref.namespace(), errors);
        Escalation.refusal(user, held, roles.apply(role), errors).ifPresent(why -> {
            throw forbidden(ref, why);
        });
    }

    private boolean may(User user, String verb, String resource, Ref ref) {
        return gate.decide(user, new Access.ToObjects(verb, Rbac.GROUP, resource, ref.namespace(), ref.name()))
                .allowed();
    }
}
