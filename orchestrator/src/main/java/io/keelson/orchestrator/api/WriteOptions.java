package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.registry.FieldValidation;
import io.keelson.proto.etcd.Compare;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a write is to be done.
 *
 * @param user who asks; the caller has made sure that it may
 * @param fieldManager who writes, for the record in {@code metadata.managedFields}; at most 128 bytes; empty if it does not say
 * @param dryRun do everything but the commit
 * @param validation what to do about unknown fields
 * @param guards more conditions for the transaction, such as the control loop's epoch; if one fails nothing is written, and the call
 *     fails with {@link io.keelson.orchestrator.registry.Reason#CONFLICT}
 */
public record WriteOptions(
        User user, String fieldManager, boolean dryRun, FieldValidation validation, List<Compare> guards) {

    /** Keeps its own copy of the guards. */
    public WriteOptions {
        guards = List.copyOf(guards);
    }

    /** As Kubernetes' CreateOptions and UpdateOptions say it, without their kind. */
    ObjectNode told() {
        ObjectNode told = Json.object();
        if (dryRun) {
            told.putArray("dryRun").add("All");
        }
        if (!fieldManager.isEmpty()) {
            told.put("fieldManager", fieldManager);
        }
        return told.put("fieldValidation", validation.word());
    }

    /** The same under one more condition. */
    WriteOptions and(Compare guard) {
        List<Compare> all = new ArrayList<>(guards);
        all.add(guard);
        return new WriteOptions(user, fieldManager, dryRun, validation, all);
    }

    /** A plain write by a user, unknown fields refused. */
    public static WriteOptions by(User user) {
        return new WriteOptions(user, "keelson", false, FieldValidation.STRICT, List.of());
    }

    /** A write by a part of the control plane under guards. */
    public static WriteOptions guarded(String fieldManager, List<Compare> guards) {
        return new WriteOptions(User.CONTROL_PLANE, fieldManager, false, FieldValidation.IGNORE, guards);
    }
}
