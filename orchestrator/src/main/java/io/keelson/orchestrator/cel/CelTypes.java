package io.keelson.orchestrator.cel;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The library's form of our types. */
final class CelTypes {

    private final Map<String, StructType> structs = new LinkedHashMap<>();

    CelType of(Type type) {
        return switch (type) {
            case Type.Basic basic ->
                switch (basic) {
                    case BOOL -> SimpleType.BOOL;
                    case INT -> SimpleType.INT;
                    case DOUBLE -> SimpleType.DOUBLE;
                    case TIMESTAMP -> SimpleType.TIMESTAMP;
                    case DURATION -> SimpleType.DURATION;
                    case AUTHORIZER -> AuthorizerFunctions.AUTHORIZER;
                    case RESOURCE_CHECK -> AuthorizerFunctions.RESOURCE_CHECK;
                    case DYN -> SimpleType.DYN;
                };
            case Type.Text _ -> SimpleType.STRING;
            case Type.Bytes _ -> SimpleType.BYTES;
            case Type.ListOf list -> ListType.create(of(list.items()));
            case Type.MapOf map -> MapType.create(SimpleType.STRING, of(map.values()));
            case Type.ObjectOf object -> struct(object);
            case Type.OptionalOf optional -> OptionalType.create(of(optional.value()));
        };
    }

    private CelType struct(Type.ObjectOf object) {
        StructType before = structs.get("object:" + object.name());
        if (before != null) {
            return before;
        }
        ImmutableMap.Builder<String, CelType> known = ImmutableMap.builder();
        object.fields()
                .forEach((name, type) -> FieldNames.escape(name).ifPresent(escaped -> known.put(escaped, of(type))));
        ImmutableMap<String, CelType> fields = known.buildKeepingLast();
        // A name that no expression can have: self.metadata would else be the type of that name and not the field.
        StructType made = StructType.create(
                "object:" + object.name(),
                ImmutableSet.copyOf(fields.keySet()),
                field -> Optional.ofNullable(fields.get(field)));
        structs.put("object:" + object.name(), made);
        return made;
    }

    /** Finds the object types that were met so far. */
    CelTypeProvider provider() {
        ImmutableMap<String, StructType> known = ImmutableMap.copyOf(structs);
        return new CelTypeProvider() {
            @Override
            public ImmutableCollection<CelType> types() {
                return ImmutableList.copyOf(known.values());
            }

            @Override
            public Optional<CelType> findType(String name) {
                return Optional.ofNullable(known.get(name));
            }
        };
    }
}
