import io.swagger.annotations.ApiModel;
import io.swagger.annotations.ApiModelProperty;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the schema of the built-in kinds, at build time: {@code java SchemaGenerator.java OUTPUT LIST-TYPES SOURCES}. Structure, descriptions
 * and required fields come by reflection from Kubernetes' Java client, which is not shipped. What its classes do not say stands in the
 * comments of its protobuf messages, whose sources are given as a jar, in the tables here and in {@code list-types.txt}.
 *
 * <p>The output is an object of definitions by full type name, as {@code components.schemas} in OpenAPI, but with
 * {@code "$ref": "<type name>"} beside other keywords. {@code OpenApi} makes the form for clients from it.
 */
final class SchemaGenerator {

    private static final String MODELS = "io.kubernetes.client.openapi.models.";
    private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
    private static final String EXTENSIONS = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.";
    private static final String RAW = "io.k8s.apimachinery.pkg.runtime.RawExtension";
    /** What the client says of fields of these types is what the type is, and not what the field is for. */
    private static final Pattern TELLS_THE_TYPE = Pattern.compile("IntOrString is a type|Quantity is a fixed-point");

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** Full type names up to the last dot, by simple name, of all types that Kubernetes' protobuf has. */
    private static final Map<String, List<String>> PACKAGES = packages();

    /** What stands before the version in the name of a class when two types have one name, and the group that it means. */
    private static final Map<String, String> PREFIXES = Map.of(
            "Core", ".core.",
            "Events", ".events.",
            "Discovery", ".discovery.",
            "Authentication", ".authentication.",
            "Storage", ".storage.",
            "Rbac", ".rbac.",
            "Flowcontrol", ".flowcontrol.",
            "Admissionregistration", ".admissionregistration.",
            "Apiextensions", ".apiextensions.");

    /** The classes to begin with; lists of the kinds are taken where there are any. */
    private static final List<String> ROOTS = List.of(
            """
            V1Namespace V1Node V1Pod V1Service V1Endpoints V1ConfigMap V1Secret CoreV1Event V1ServiceAccount V1Binding
            V1ComponentStatus V1LimitRange V1PersistentVolume V1PersistentVolumeClaim V1PodTemplate V1ReplicationController V1ResourceQuota
            V1ControllerRevision V1DaemonSet V1Deployment V1ReplicaSet V1StatefulSet
            EventsV1Event V1SelfSubjectReview V1TokenReview AuthenticationV1TokenRequest V1LocalSubjectAccessReview V1SelfSubjectAccessReview
            V1SelfSubjectRulesReview V1SubjectAccessReview V2HorizontalPodAutoscaler V1HorizontalPodAutoscaler V1CronJob V1Job
            V1CertificateSigningRequest V1Ingress V1IngressClass V1IPAddress V1NetworkPolicy V1ServiceCIDR V1PodDisruptionBudget V1Eviction
            V1ClusterRole V1ClusterRoleBinding V1Role V1RoleBinding
            V1CSIDriver V1CSINode V1CSIStorageCapacity V1StorageClass V1VolumeAttachment V1VolumeAttributesClass
            V1MutatingAdmissionPolicy V1MutatingAdmissionPolicyBinding V1MutatingWebhookConfiguration V1ValidatingAdmissionPolicy
            V1ValidatingAdmissionPolicyBinding V1ValidatingWebhookConfiguration V1CustomResourceDefinition V1PriorityClass V1Lease
            V1RuntimeClass V1EndpointSlice V1FlowSchema V1PriorityLevelConfiguration V1Scale V1Status V1DeleteOptions
            """.trim().split("\\s+"));

    /** Times with six digits after the second; all others have none. */
    private static final Set<String> MICRO_TIMES =
            Set.of("LeaseSpec.acquireTime", "LeaseSpec.renewTime", "Event.eventTime", "EventSeries.lastObservedTime");

    /** How fields merge in a strategic merge patch: strategy, and key of the items. */
    private static final Map<String, String> PATCHES = table(
            """
            CSINodeSpec.drivers merge name
            ComponentStatus.conditions merge type
            Container.env merge name
            Container.ports merge containerPort
            Container.volumeDevices merge devicePath
            Container.volumeMounts merge mountPath
            ContainerStatus.allocatedResourcesStatus merge name
            ContainerStatus.volumeMounts merge mountPath
            DaemonSetStatus.conditions merge type
            DeploymentSpec.strategy retainKeys
            DeploymentStatus.conditions merge type
            EphemeralContainer.env merge name
            EphemeralContainer.ports merge containerPort
            EphemeralContainer.volumeDevices merge devicePath
            EphemeralContainer.volumeMounts merge mountPath
            FlowSchemaStatus.conditions merge type
            HorizontalPodAutoscalerStatus.conditions merge type
            JSONSchemaProps.x-kubernetes-validations merge rule
            JobStatus.conditions merge type
            MutatingAdmissionPolicySpec.matchConditions merge name
            MutatingWebhook.matchConditions merge name
            MutatingWebhookConfiguration.webhooks merge name
            NamespaceStatus.conditions merge type
            NodeSpec.podCIDRs merge
            NodeStatus.addresses merge type
            NodeStatus.conditions merge type
            ObjectMeta.finalizers merge
            ObjectMeta.ownerReferences merge uid
            PersistentVolumeClaimStatus.conditions merge type
            PodDisruptionBudgetSpec.selector replace
            PodDisruptionBudgetStatus.conditions merge type
            PodSpec.containers merge name
            PodSpec.ephemeralContainers merge name
            PodSpec.hostAliases merge ip
            PodSpec.imagePullSecrets merge name
            PodSpec.initContainers merge name
            PodSpec.resourceClaims merge,retainKeys name
            PodSpec.schedulingGates merge name
            PodSpec.topologySpreadConstraints merge topologyKey
            PodSpec.volumes merge,retainKeys name
            PodStatus.conditions merge type
            PodStatus.hostIPs merge ip
            PodStatus.podIPs merge ip
            PodStatus.resourceClaimStatuses merge,retainKeys name
            PriorityLevelConfigurationStatus.conditions merge type
            ReplicaSetStatus.conditions merge type
            ReplicationControllerStatus.conditions merge type
            ServiceAccount.secrets merge name
            ServiceCIDRStatus.conditions merge type
            ServiceSpec.ports merge port
            ServiceStatus.conditions merge type
            StatefulSetStatus.conditions merge type
            ValidatingAdmissionPolicySpec.matchConditions merge name
            ValidatingAdmissionPolicySpec.variables merge name
            ValidatingWebhook.matchConditions merge name
            ValidatingWebhookConfiguration.webhooks merge name
            """);

    /** Types that are no classes with fields, with what they are for. */
    private static final Map<String, String> SCALARS = Map.ofEntries(
            Map.entry(META + "Time", "A time in RFC 3339 form, to the second, such as 2026-01-01T00:00:00Z."),
            Map.entry(
                    META + "MicroTime",
                    "A time in RFC 3339 form, to the microsecond, such as 2026-01-01T00:00:00.000000Z."),
            Map.entry(META + "FieldsV1", "A set of fields, as a tree of their names."),
            Map.entry(RAW, "Any object, as its owner writes it."),
            Map.entry(EXTENSIONS + "JSON", "Any value."),
            Map.entry(EXTENSIONS + "JSONSchemaPropsOrBool", "A schema, or whether anything is allowed."),
            Map.entry(EXTENSIONS + "JSONSchemaPropsOrArray", "A schema, or a list of schemas."),
            Map.entry(EXTENSIONS + "JSONSchemaPropsOrStringArray", "A schema, or a list of strings."),
            Map.entry(EXTENSIONS + "CustomResourceSubresourceStatus", "Says by being there that there is a status."),
            Map.entry(
                    "io.k8s.apimachinery.pkg.api.resource.Quantity",
                    "An amount: a number with an optional suffix, decimal (m, k, M, G, T, P, E), binary (Ki, Mi, Gi, Ti, Pi,"
                            + " Ei) or an exponent, such as 500m, 128Mi or 1e3."),
            Map.entry(
                    "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
                    "A whole number, or a string such as 25% or a port's name."));

    /** Which of them a field has that any value fits in Java; all others are of {@code FieldsV1}. */
    private static final Map<String, String> ANY = Map.of(
            "ControllerRevision.data", RAW,
            "JSONSchemaProps.default", EXTENSIONS + "JSON",
            "JSONSchemaProps.example", EXTENSIONS + "JSON",
            "JSONSchemaProps.enum", EXTENSIONS + "JSON",
            "JSONSchemaProps.items", EXTENSIONS + "JSONSchemaPropsOrArray",
            "JSONSchemaProps.additionalItems", EXTENSIONS + "JSONSchemaPropsOrBool",
            "JSONSchemaProps.additionalProperties", EXTENSIONS + "JSONSchemaPropsOrBool",
            "JSONSchemaProps.dependencies", EXTENSIONS + "JSONSchemaPropsOrStringArray",
            "CustomResourceSubresources.status", EXTENSIONS + "CustomResourceSubresourceStatus");

    /** The rows of list-types.txt by group, version, type and perhaps field. */
    private final Map<String, String> divisions = new TreeMap<>();

    private final FieldComments comments;
    private final Map<String, ObjectNode> definitions = new TreeMap<>();
    private final Deque<Class<?>> open = new ArrayDeque<>();

    private SchemaGenerator(FieldComments comments) {
        this.comments = comments;
    }

    public static void main(String[] args) throws IOException {
        SchemaGenerator generator = new SchemaGenerator(FieldComments.of(Path.of(args[2])));
        generator.readDivisions(Files.readAllLines(Path.of(args[1])));
        for (String root : ROOTS) {
            generator.open.add(model(root).orElseThrow(() -> new IllegalStateException("no class " + root)));
            model(root + "List").ifPresent(generator.open::add);
        }
        generator.generate();
        ObjectNode all = NODES.objectNode();
        generator.definitions.forEach(all::set);
        Path output = Path.of(args[0]);
        Files.createDirectories(output.getParent());
        Files.write(output, JsonMapper.shared().writeValueAsBytes(all));
    }

    private void readDivisions(List<String> rows) {
        String group = "";
        for (String row : rows) {
            if (row.startsWith(" ")) {
                String[] words = row.strip().split(" ", 2);
                divisions.put(group + "." + words[0], words[1]);
            } else if (!row.startsWith("#")) {
                group = row;
            }
        }
    }

    private static Map<String, String> table(String rows) {
        Map<String, String> table = new TreeMap<>();
        rows.lines().forEach(row -> table.put(row.substring(0, row.indexOf(' ')), row.substring(row.indexOf(' ') + 1)));
        return table;
    }

    private static Optional<Class<?>> model(String name) {
        try {
            return Optional.of(Class.forName(MODELS + name));
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }

    private void generate() {
        SCALARS.forEach((name, description) -> {
            ObjectNode scalar = NODES.objectNode().put("description", description);
            if (name.endsWith("FieldsV1") || name.equals(RAW) || name.endsWith("SubresourceStatus")) {
                scalar.put("type", "object");
            } else if (!name.startsWith(EXTENSIONS)) {
                scalar.put("type", "string");
            }
            if (name.endsWith("Time")) {
                scalar.put("format", "date-time");
            } else if (name.endsWith("IntOrString")) {
                scalar.put("format", "int-or-string");
            }
            definitions.put(name, scalar);
        });
        while (!open.isEmpty()) {
            Class<?> type = open.remove();
            if (!definitions.containsKey(fullName(type))) {
                definitions.put(fullName(type), definition(type));
            }
        }
    }

    private static Map<String, List<String>> packages() {
        Map<String, List<String>> packages = new TreeMap<>();
        for (String holder : List.of(
                ("Meta V1 V1Apps V1Admissionregistration V1Apiextensions V1Authentication V1Authorization V1Autoscaling V1Batch"
                                + " V1Certificates V1Coordination V1Discovery V1Events V1Flowcontrol V1Networking V1Node V1Policy"
                                + " V1Rbac V1Scheduling V1Storage V2Autoscaling")
                        .split(" "))) {
            try {
                Class<?> type = Class.forName("io.kubernetes.client.proto." + holder);
                var file = (com.google.protobuf.Descriptors.FileDescriptor)
                        type.getMethod("getDescriptor").invoke(null);
                String before = FieldComments.typeName(file.getPackage()) + ".";
                file.getMessageTypes()
                        .forEach(message -> packages.computeIfAbsent(message.getName(), name -> new ArrayList<>())
                                .add(before));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
        return packages;
    }

    private static final Pattern CLASS = Pattern.compile("([A-Z][a-z]+)?(V[0-9])(.+)");

    /** What a class is called in Java: perhaps a group, the version, and the name. */
    private static Matcher parts(Class<?> type) {
        Matcher parts = CLASS.matcher(type.getSimpleName());
        if (!parts.matches()) {
            throw new IllegalStateException("what is " + type + "?");
        }
        return parts;
    }

    private static String simpleName(Class<?> type) {
        return parts(type).group(3);
    }

    private static String fullName(Class<?> type) {
        Matcher parts = parts(type);
        String group = parts.group(1) == null ? "." : PREFIXES.getOrDefault(parts.group(1), "?");
        String version = "." + parts.group(2).toLowerCase(Locale.ROOT) + ".";
        List<String> found = PACKAGES.getOrDefault(parts.group(3), List.of()).stream()
                .filter(name -> name.contains(group) && name.endsWith(version))
                .toList();
        if (found.size() == 1) {
            return found.get(0) + parts.group(3);
        }
        if (found.contains(META) || parts.group(3).equals("ShardInfo")) {
            return META + parts.group(3);
        }
        throw new IllegalStateException(type + " is in " + found);
    }

    private ObjectNode definition(Class<?> type) {
        String simple = simpleName(type);
        ObjectNode definition = NODES.objectNode();
        definition.put("description", description(type));
        definition.put("type", "object");
        ObjectNode properties = NODES.objectNode();
        TreeMap<String, Boolean> required = new TreeMap<>();
        for (Field field : type.getDeclaredFields()) {
            var serialized = field.getAnnotation(com.google.gson.annotations.SerializedName.class);
            if (serialized != null) {
                ApiModelProperty about = getter(type, field).getAnnotation(ApiModelProperty.class);
                String name = serialized.value();
                String words = comments.inLines(fullName(type), name, about.value());
                ObjectNode property = property(simple + "." + name, field.getGenericType(), words);
                if (about.value().isEmpty() || TELLS_THE_TYPE.matcher(about.value()).lookingAt()) {
                    comments.of(fullName(type), name).ifPresent(said -> property.put("description", said));
                }
                division(property, fullName(type), name);
                properties.set(name, property);
                if (about.required()) {
                    required.put(name, true);
                }
            }
        }
        definition.set("properties", sorted(properties));
        if (!required.isEmpty()) {
            var names = definition.putArray("required");
            required.keySet().forEach(names::add);
        }
        Optional.ofNullable(divisions.get(shortName(fullName(type))))
                .ifPresent(mapType -> definition.put("x-kubernetes-map-type", mapType));
        if (properties.has("kind") && properties.has("apiVersion") && properties.has("metadata")) {
            kindOf(definition, fullName(type));
        } else if (simple.equals("DeleteOptions")) {
            kindOf(definition, fullName(type));
        }
        return definition;
    }

    /** Groups by their word in type names, where they are not called so. */
    private static final Map<String, String> GROUPS = Map.ofEntries(
            Map.entry("core", ""),
            Map.entry("rbac", "rbac.authorization.k8s.io"),
            Map.entry("flowcontrol", "flowcontrol.apiserver.k8s.io"),
            Map.entry("apps", "apps"),
            Map.entry("autoscaling", "autoscaling"),
            Map.entry("batch", "batch"),
            Map.entry("policy", "policy"),
            Map.entry("meta", ""));

    /** {@code io.k8s.api.apps.v1.Deployment} is group apps, version v1, kind Deployment. */
    private static void kindOf(ObjectNode definition, String fullName) {
        String[] parts = fullName.split("\\.");
        String group = parts[parts.length - 3];
        definition
                .putArray("x-kubernetes-group-version-kind")
                .addObject()
                .put("group", GROUPS.getOrDefault(group, group + ".k8s.io"))
                .put("kind", parts[parts.length - 1])
                .put("version", parts[parts.length - 2]);
    }

    private static ObjectNode sorted(ObjectNode properties) {
        ObjectNode sorted = NODES.objectNode();
        TreeMap<String, tools.jackson.databind.JsonNode> byName = new TreeMap<>();
        properties.properties().forEach(entry -> byName.put(entry.getKey(), entry.getValue()));
        byName.forEach(sorted::set);
        return sorted;
    }

    private static String description(Class<?> type) {
        ApiModel about = type.getAnnotation(ApiModel.class);
        return about == null ? "" : about.description();
    }

    /** The getter of a field; their names differ in case and, where Java has the word for itself, by an underscore. */
    private static Method getter(Class<?> type, Field field) {
        String name = field.getName().replace("_", "");
        for (Method method : type.getMethods()) {
            String property = method.getName().replaceFirst("^(get|is)", "");
            boolean named = property.length() < method.getName().length() && property.equalsIgnoreCase(name);
            if (named && method.getParameterCount() == 0) {
                return method;
            }
        }
        throw new IllegalStateException("no getter for " + field);
    }

    private ObjectNode property(String path, Type type, String description) {
        ObjectNode property = typed(path, type);
        // Of few fields nobody says anything; they are of a type that has a description, and clients show that.
        if (!description.isEmpty()) {
            property.put("description", description);
        }
        if (PATCHES.containsKey(path)) {
            String[] patch = PATCHES.get(path).split(" ");
            if (patch.length > 1) {
                property.put("x-kubernetes-patch-merge-key", patch[1]);
            }
            property.put("x-kubernetes-patch-strategy", patch[0]);
        }
        return property;
    }

    /** Says who may own parts of the value. */
    private void division(ObjectNode property, String typeName, String field) {
        boolean list = property.path("type").asString("").equals("array");
        boolean itemsOfList = typeName.endsWith("List") && field.equals("items");
        String[] words = divisions
                .getOrDefault(shortName(typeName) + "." + field, list && !itemsOfList ? "atomic" : "")
                .split(" ");
        switch (words[0]) {
            case "" -> {}
            case "default" -> property.put("default", words[1]);
            case "map" -> {
                List.of(words[1].split(",")).forEach(property.putArray("x-kubernetes-list-map-keys")::add);
                property.put("x-kubernetes-list-type", words[0]);
            }
            default -> property.put(list ? "x-kubernetes-list-type" : "x-kubernetes-map-type", words[0]);
        }
    }

    /** {@code io.k8s.api.apps.v1.Deployment} is {@code apps.v1.Deployment}: the last three steps, wherever the type is kept. */
    private static String shortName(String fullName) {
        String[] steps = fullName.split("\\.");
        return String.join(".", List.of(steps).subList(Math.max(0, steps.length - 3), steps.length));
    }

    private ObjectNode typed(String path, Type type) {
        ObjectNode property = NODES.objectNode();
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            if (generic.getRawType() == List.class) {
                property.set("items", typed(path, arguments[0]));
                return property.put("type", "array");
            }
            property.set("additionalProperties", typed(path, arguments[1]));
            return property.put("type", "object");
        }
        Class<?> plain = (Class<?>) type;
        if (plain.getName().startsWith(MODELS)) {
            open.add(plain);
            return property.put("$ref", fullName(plain));
        }
        if (plain == OffsetDateTime.class) {
            return property.put("$ref", META + (MICRO_TIMES.contains(path) ? "MicroTime" : "Time"));
        }
        return switch (plain.getSimpleName()) {
            case "String" -> property.put("type", "string");
            case "Boolean" -> property.put("type", "boolean");
            case "Integer" -> property.put("type", "integer").put("format", "int32");
            case "Long" -> property.put("type", "integer").put("format", "int64");
            case "Double" -> property.put("type", "number").put("format", "double");
            case "byte[]" -> property.put("type", "string").put("format", "byte");
            case "Quantity" -> property.put("$ref", "io.k8s.apimachinery.pkg.api.resource.Quantity");
            case "IntOrString" -> property.put("$ref", "io.k8s.apimachinery.pkg.util.intstr.IntOrString");
            case "Object" -> property.put("$ref", ANY.getOrDefault(path, META + "FieldsV1"));
            default -> throw new IllegalStateException("what is " + plain + " at " + path + "?");
        };
    }
}

/**
 * In the same file, which is run as it is by whatever Java is on the PATH: one before 22 looks into no other.
 *
 * <p>What Kubernetes says of the fields of its messages, read from the sources of the Java client's protobuf messages, which are not shipped.
 * The models of that client lose it where a field is of a type of its own, as OpenAPI 2 has no words beside a reference.
 *
 * <p>The comments that protoc writes have no empty lines any more, so where only they say something paragraphs run together. The words of models
 * have a space in place of each end of a line: with both it is known where lines ended, and how many.
 */
final class FieldComments {

    /** Generated classes of versions that are generally available, and of the types that all share. */
    private static final Pattern SOURCE = Pattern.compile("io/kubernetes/client/proto/(V\\d[A-Z]?[a-z]*|Meta)\\.java");

    private static final Pattern MESSAGE = Pattern.compile("@@protoc_insertion_point\\(interface_extends:([^)]+)\\)");
    private static final Pattern FIELD = Pattern.compile("\\* <code>.* (\\w+) = \\d+( \\[.*])?;</code>");

    /** Whose fields are those of another message in JSON. */
    private static final Map<String, String> INLINE = Map.of(
            "io.k8s.api.core.v1.Volume", "io.k8s.api.core.v1.VolumeSource",
            "io.k8s.api.core.v1.PersistentVolumeSpec", "io.k8s.api.core.v1.PersistentVolumeSource",
            "io.k8s.api.core.v1.EphemeralContainer", "io.k8s.api.core.v1.EphemeralContainerCommon",
            "io.k8s.api.core.v1.Probe", "io.k8s.api.core.v1.ProbeHandler");

    private final Map<String, List<String>> comments = new HashMap<>();

    /** The comments in a jar of sources. */
    static FieldComments of(Path jar) throws IOException {
        FieldComments found = new FieldComments();
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                if (SOURCE.matcher(entry.getName()).matches()) {
                    found.read(new BufferedReader(
                            new InputStreamReader(zip.getInputStream(entry), StandardCharsets.UTF_8)));
                }
            }
        }
        return found;
    }

    /** What is said of a field: of a type named in full, such as {@code io.k8s.api.apps.v1.Deployment}, by its name in JSON. */
    Optional<String> of(String type, String field) {
        return Optional.ofNullable(comment(type, field)).map(FieldComments::text);
    }

    private List<String> comment(String type, String field) {
        String other = INLINE.getOrDefault(type, type);
        return comments.getOrDefault(type + "/" + field, comments.get(other + "/" + field));
    }

    /** The words of a model's field, in the lines that they had; as they are where the comment has others. */
    String inLines(String type, String field, String words) {
        // So that it could stand in a comment of Java.
        String plain = words.replace("*_/", "*/").replace("/_*", "/*");
        List<String> lines = comment(type, field);
        return lines == null ? plain : inLines(plain, lines);
    }

    private static String inLines(String words, List<String> lines) {
        StringBuilder text = new StringBuilder();
        int at = 0;
        boolean indented = false;
        for (String line : lines) {
            String word = line.strip();
            int from = at;
            while (at < words.length() && words.charAt(at) == ' ') {
                at++;
            }
            if (!words.startsWith(word, at)) {
                return words;
            }
            int indent = line.length() - line.stripLeading().length();
            int ends = at - from - indent;
            boolean wrapped = ends == 1 && indent == 0 && !indented;
            if (!text.isEmpty()) {
                text.append(wrapped ? " " : "\n".repeat(Math.max(1, ends))).append(line, 0, indent);
            }
            text.append(word);
            at += word.length();
            indented = indent > 0;
        }
        return words.substring(at).isBlank() ? text.toString() : words;
    }

    /** The full name of a type in OpenAPI, by that of its message or the package of it. */
    static String typeName(String message) {
        return message.replaceFirst("^k8s\\.io\\.", "io.k8s.").replace("_apiserver", "-apiserver");
    }

    private void read(BufferedReader source) throws IOException {
        String type = "";
        List<String> comment = new ArrayList<>();
        boolean within = false;
        for (String line = source.readLine(); line != null; line = source.readLine()) {
            String word = line.strip();
            Matcher message = MESSAGE.matcher(word);
            Matcher field = FIELD.matcher(word);
            if (message.find()) {
                type = typeName(message.group(1));
            } else if (word.equals("* <pre>")) {
                comment.clear();
                within = true;
            } else if (word.equals("* </pre>")) {
                within = false;
            } else if (within) {
                comment.add(plain(line));
            } else if (field.matches() && !comment.isEmpty()) {
                comments.putIfAbsent(type + "/" + field.group(1), kept(comment));
                comment.clear();
            }
        }
    }

    /** A line of a comment, as it was before protoc wrote it for Javadoc. */
    private static String plain(String line) {
        return line.replaceFirst("^ *\\* ?", "")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&#42;", "*")
                .replace("&#47;", "/")
                .replace("&#64;", "@")
                .replace("&#92;", "\\")
                .replace("&amp;", "&");
    }

    /** Without markers and notes to Kubernetes' authors. */
    private static List<String> kept(List<String> lines) {
        int end = lines.stream().map(String::strip).toList().indexOf("---");
        return lines.subList(0, end < 0 ? lines.size() : end).stream()
                .filter(line -> !line.isBlank())
                .filter(line ->
                        !line.strip().startsWith("+") && !line.strip().startsWith("TODO"))
                .toList();
    }

    /** As Kubernetes makes descriptions of comments: what is indented keeps its lines. */
    private static String text(List<String> lines) {
        StringBuilder text = new StringBuilder();
        for (String line : lines) {
            boolean indented = line.startsWith(" ") || line.startsWith("\t");
            if (!text.isEmpty()) {
                text.append(indented ? "\n" : text.charAt(text.length() - 1) == '\n' ? "" : " ");
            }
            text.append(line.stripTrailing()).append(indented ? "\n" : "");
        }
        return text.toString().strip();
    }
}
