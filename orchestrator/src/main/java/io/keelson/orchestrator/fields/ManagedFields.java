package io.keelson.orchestrator.fields;

import io.keelson.orchestrator.kind.Json;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who owns which fields of an object: {@code metadata.managedFields}.
 *
 * @param owners each manager once, none without fields
 */
public record ManagedFields(Map<Manager, Ownership> owners) {

    /** Nobody owns anything. */
    public static final ManagedFields NONE = new ManagedFields(Map.of());

    /** Kubernetes' order, which puts applies first, and then the oldest. */
    private static final Comparator<Map.Entry<Manager, Ownership>> ORDER =
            Comparator.<Map.Entry<Manager, Ownership>, Manager.Operation>comparing(
                            entry -> entry.getKey().operation())
                    .thenComparing(entry -> entry.getValue().time())
                    .thenComparing(entry -> entry.getKey().name())
                    .thenComparing(entry -> entry.getValue().apiVersion())
                    .thenComparing(entry -> entry.getKey().subresource());

    /** Leaves out those that own nothing. */
    public ManagedFields {
        Map<Manager, Ownership> some = new HashMap<>(owners);
        some.values().removeIf(Ownership::isEmpty);
        owners = Map.copyOf(some);
    }

    /** Whether nobody owns anything. */
    public boolean isEmpty() {
        return owners.isEmpty();
    }

    /** What a manager owns; empty if nothing. */
    public Optional<Ownership> of(Manager manager) {
        return Optional.ofNullable(owners.get(manager));
    }

    ManagedFields with(Manager manager, Ownership ownership) {
        Map<Manager, Ownership> changed = new HashMap<>(owners);
        changed.put(manager, ownership);
        return new ManagedFields(changed);
    }

    ManagedFields without(Manager manager) {
        Map<Manager, Ownership> changed = new HashMap<>(owners);
        changed.remove(manager);
        return new ManagedFields(changed);
    }

    /** Without these fields, whoever has owned them. */
    ManagedFields without(FieldSet fields) {
        Map<Manager, Ownership> changed = new HashMap<>(owners);
        changed.replaceAll((_, ownership) -> ownership.without(fields));
        return new ManagedFields(changed);
    }

    /** All that is owned by anybody. */
    FieldSet all() {
        return owners.values().stream().map(Ownership::fields).reduce(FieldSet.EMPTY, FieldSet::union);
    }

    /**
     * What a list says, as it is in {@code metadata.managedFields}. The list must not be changed any more.
     *
     * @throws FieldsException if an entry is not as it must be; the message says which, and why
     */
    public static ManagedFields decode(List<JsonNode> entries) {
        Map<Manager, Ownership> owners = new HashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            JsonNode entry = entries.get(i);
            String apiVersion = text(entry, "apiVersion");
            if (apiVersion.isEmpty()) {
                throw new FieldsException("managedFields[" + i + "]: apiVersion must not be empty");
            }
            if (!text(entry, "fieldsType").equals("FieldsV1")) {
                throw new FieldsException(
                        "managedFields[" + i + "]: invalid fieldsType \"" + text(entry, "fieldsType") + "\"");
            }
            Manager manager = switch (text(entry, "operation")) {
                case "Apply" -> Manager.applying(text(entry, "manager"), text(entry, "subresource"));
                case "Update" -> Manager.updating(text(entry, "manager"), apiVersion, text(entry, "subresource"));
                default -> throw new FieldsException("managedFields[" + i + "]: operation must be `Apply` or `Update`");
            };
            JsonNode fields = Json.at(entry, "fieldsV1").orElseGet(Json::object);
            owners.put(manager, Ownership.decode(fields, apiVersion, text(entry, "time")));
        }
        return new ManagedFields(owners);
    }

    private static String text(JsonNode entry, String field) {
        return Json.string(entry, field).orElse("");
    }

    /**
     * The object, changed to have no record of who owns what: for readers whose business it is not, since it may be half of the object.
     */
    public static ObjectNode without(ObjectNode object) {
        if (object.get("metadata") instanceof ObjectNode metadata) {
            metadata.remove("managedFields");
        }
        return object;
    }

    /** The list for {@code metadata.managedFields}, sorted as Kubernetes sorts it. */
    public ArrayNode encode() {
        ArrayNode entries = Json.array();
        owners.entrySet().stream().sorted(ORDER).forEach(owner -> {
            Manager manager = owner.getKey();
            Ownership ownership = owner.getValue();
            ObjectNode entry = entries.addObject();
            entry.put("apiVersion", ownership.apiVersion()).put("fieldsType", "FieldsV1");
            entry.set("fieldsV1", ownership.encode());
            entry.put("manager", manager.name())
                    .put("operation", manager.operation().word());
            if (!manager.subresource().isEmpty()) {
                entry.put("subresource", manager.subresource());
            }
            if (!ownership.time().isEmpty()) {
                entry.put("time", ownership.time());
            }
        });
        return entries;
    }
}
