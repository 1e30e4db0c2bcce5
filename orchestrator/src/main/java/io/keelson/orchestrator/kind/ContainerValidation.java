package io.keelson.orchestrator.kind;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** The containers of one pod. */
final class ContainerValidation {

    private static final List<String> PROBES = List.of("livenessProbe", "readinessProbe", "startupProbe");
    private static final List<String> HANDLERS = List.of("exec", "httpGet", "tcpSocket", "grpc");

    /** What a container that is there to look into others may say; what others come to rely on it may not. */
    private static final Set<String> OF_EPHEMERAL = Set.of(
            "name",
            "image",
            "command",
            "args",
            "workingDir",
            "envFrom",
            "env",
            "volumeMounts",
            "volumeDevices",
            "terminationMessagePath",
            "terminationMessagePolicy",
            "imagePullPolicy",
            "securityContext",
            "stdin",
            "stdinOnce",
            "tty",
            "targetContainerName");

    private static final String NOT_FOR_EPHEMERAL = "cannot be set for an Ephemeral Container";

    private final Set<String> volumes;
    private final Causes causes;

    /** For a pod that has volumes of these names. */
    ContainerValidation(Set<String> volumes, Causes causes) {
        this.volumes = volumes;
        this.causes = causes;
    }

    /** Checks a container; {@code names} are those of the containers before it. */
    void container(JsonNode container, String path, Set<String> names) {
        if (causes.present(container, path, "name")) {
            String name = Json.string(container, "name").orElse("");
            causes.invalid(path + ".name", name, Names.dns1123LabelProblems(name));
            if (!names.add(name)) {
                causes.add(Cause.duplicate(path + ".name", Causes.quoted(name)));
            }
        }
        if (causes.present(container, path, "image")) {
            String image = Json.string(container, "image").orElse("");
            if (!image.strip().equals(image)) {
                causes.add(Cause.invalid(
                        path + ".image", Causes.quoted(image), "must not have leading or trailing whitespace"));
            }
        }
        causes.oneOf(container, path, "imagePullPolicy", Set.of("Always", "IfNotPresent", "Never"));
        causes.oneOf(container, path, "terminationMessagePolicy", Set.of("FallbackToLogsOnError", "File"));
        ports(container, path);
        environment(container, path);
        mounts(container, path);
        resources(container, path);
        PROBES.forEach(field -> Json.at(container, field).ifPresent(probe -> probe(probe, path + "." + field)));
        for (String field : List.of("livenessProbe", "startupProbe")) {
            Json.at(container, field, "successThreshold")
                    .filter(threshold -> threshold.intValue() != 1)
                    .ifPresent(threshold ->
                            causes.invalid(path + "." + field + ".successThreshold", threshold, "must be 1"));
        }
        for (String hook : List.of("postStart", "preStop")) {
            Json.at(container, "lifecycle", hook).ifPresent(handler -> handler(handler, path + ".lifecycle." + hook));
        }
    }

    /** What only those that run before the others may not. */
    void initContainer(JsonNode container, String path) {
        causes.oneOf(container, path, "restartPolicy", Set.of("Always"));
        if (!container.path("restartPolicy").asString("").equals("Always")) {
            PROBES.stream()
                    .filter(container::has)
                    .forEach(field -> causes.add(Cause.forbidden(
                            path + "." + field, "may not be set for init containers without restartPolicy=Always")));
        }
    }

    /** What only those that come into a running pod may not; {@code lasting} are the names of the others. */
    void ephemeralContainer(JsonNode container, String path, Set<String> lasting) {
        Json.string(container, "targetContainerName")
                .filter(target -> !target.isEmpty() && !lasting.contains(target))
                .ifPresent(target -> causes.add(new Cause(
                        "FieldValueNotFound", path + ".targetContainerName", "Not found: " + Causes.quoted(target))));
        container.properties().stream()
                .filter(field -> !OF_EPHEMERAL.contains(field.getKey()))
                .filter(field ->
                        !(field.getValue().isContainer() && field.getValue().isEmpty()))
                .forEach(field -> causes.add(Cause.forbidden(path + "." + field.getKey(), NOT_FOR_EPHEMERAL)));
        int i = 0;
        for (JsonNode mount : Json.items(container, "volumeMounts")) {
            String where = path + ".volumeMounts[" + i++ + "].";
            Stream.of("subPath", "subPathExpr")
                    .filter(field -> !Json.string(mount, field).orElse("").isEmpty())
                    .forEach(field -> causes.add(Cause.forbidden(where + field, NOT_FOR_EPHEMERAL)));
        }
    }

    private void ports(JsonNode container, String path) {
        Set<String> names = new HashSet<>();
        int i = 0;
        for (JsonNode port : Json.items(container, "ports")) {
            String where = path + ".ports[" + i++ + "]";
            if (!port.has("containerPort")) {
                causes.required(where + ".containerPort");
            }
            causes.port(port, where, "containerPort");
            causes.port(port, where, "hostPort");
            causes.oneOf(port, where, "protocol", ServiceValidation.PROTOCOLS);
            Json.string(port, "name").filter(name -> !name.isEmpty()).ifPresent(name -> {
                causes.invalid(where + ".name", name, Names.portNameProblems(name));
                if (!names.add(name)) {
                    causes.add(Cause.duplicate(where + ".name", Causes.quoted(name)));
                }
            });
        }
    }

    private void environment(JsonNode container, String path) {
        int i = 0;
        for (JsonNode variable : Json.items(container, "env")) {
            String where = path + ".env[" + i++ + "]";
            if (causes.present(variable, where, "name")) {
                String name = Json.string(variable, "name").orElse("");
                if (!name.chars().allMatch(c -> c >= ' ' && c <= '~' && c != '=')) {
                    causes.add(Cause.invalid(
                            where + ".name",
                            Causes.quoted(name),
                            "a valid environment variable name must consist only of printable ASCII characters other"
                                    + " than '='"));
                }
            }
            Json.at(variable, "valueFrom").ifPresent(from -> {
                boolean valued = !Json.string(variable, "value").orElse("").isEmpty();
                if (valued) {
                    causes.add(Cause.invalid(
                            where + ".valueFrom", "\"\"", "may not be specified when `value` is not empty"));
                }
                source(from, where + ".valueFrom");
            });
        }
        int j = 0;
        for (JsonNode from : Json.items(container, "envFrom")) {
            String where = path + ".envFrom[" + j++ + "]";
            if (from.has("configMapRef") == from.has("secretRef")) {
                causes.add(Cause.invalid(
                        where, "\"\"", "must specify one of: `configMapRef` or `secretRef`, and no more than one"));
            }
            for (String reference : List.of("configMapRef", "secretRef")) {
                Json.at(from, reference).ifPresent(name -> causes.present(name, where + "." + reference, "name"));
            }
        }
    }

    private void source(JsonNode from, String path) {
        if (from.isEmpty()) {
            causes.add(Cause.invalid(
                    path,
                    "\"\"",
                    "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `fileKeyRef` or"
                            + " `secretKeyRef`"));
        } else if (from.size() > 1) {
            causes.add(Cause.invalid(path, "\"\"", "may not have more than one field specified at a time"));
        }
        Json.at(from, "fieldRef").ifPresent(field -> causes.present(field, path + ".fieldRef", "fieldPath"));
        Json.at(from, "resourceFieldRef")
                .ifPresent(field -> causes.present(field, path + ".resourceFieldRef", "resource"));
        for (String reference : List.of("configMapKeyRef", "secretKeyRef")) {
            Json.at(from, reference).ifPresent(key -> {
                causes.present(key, path + "." + reference, "name");
                causes.present(key, path + "." + reference, "key");
            });
        }
    }

    private void mounts(JsonNode container, String path) {
        Set<String> places = new HashSet<>();
        int i = 0;
        for (JsonNode mount : Json.items(container, "volumeMounts")) {
            String where = path + ".volumeMounts[" + i++ + "]";
            if (causes.present(mount, where, "name")) {
                String name = Json.string(mount, "name").orElse("");
                if (!volumes.contains(name)) {
                    causes.add(new Cause("FieldValueNotFound", where + ".name", "Not found: " + Causes.quoted(name)));
                }
            }
            if (causes.present(mount, where, "mountPath")) {
                String place = Json.string(mount, "mountPath").orElse("");
                if (!places.add(place)) {
                    causes.add(Cause.invalid(where + ".mountPath", Causes.quoted(place), "must be unique"));
                }
            }
            PodValidation.relative(mount, where, "subPath", causes);
        }
    }

    private void resources(JsonNode container, String path) {
        for (String which : List.of("limits", "requests")) {
            Json.at(container, "resources", which)
                    .ifPresent(amounts -> amounts.properties().forEach(amount -> {
                        String where = path + ".resources." + which + "[" + amount.getKey() + "]";
                        Optional<BigDecimal> value = Quantity.parse(amount.getValue());
                        if (value.filter(number -> number.signum() < 0).isPresent()) {
                            causes.invalid(where, amount.getValue(), "must be greater than or equal to 0");
                        }
                        causes.invalid(where, amount.getKey(), Names.qualifiedNameProblems(amount.getKey()));
                    }));
        }
        Json.at(container, "resources", "requests")
                .ifPresent(requests -> requests.properties().forEach(request -> {
                    Optional<JsonNode> limit = Json.at(container, "resources", "limits", request.getKey());
                    Optional<BigDecimal> most = limit.flatMap(Quantity::parse);
                    Optional<BigDecimal> wanted = Quantity.parse(request.getValue());
                    if (most.isPresent() && wanted.isPresent() && wanted.get().compareTo(most.get()) > 0) {
                        causes.invalid(
                                path + ".resources.requests",
                                request.getValue(),
                                "must be less than or equal to " + request.getKey() + " limit of "
                                        + limit.get().asString());
                    }
                }));
    }

    private void probe(JsonNode probe, String path) {
        handler(probe, path);
        for (String field : List.of(
                "initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")) {
            causes.atLeast(probe, path, field, 0);
        }
        causes.atLeast(probe, path, "terminationGracePeriodSeconds", 1);
    }

    private void handler(JsonNode handler, String path) {
        List<String> given = HANDLERS.stream().filter(handler::has).toList();
        if (given.isEmpty() && !handler.has("sleep")) {
            causes.add(Cause.required(path, "must specify a handler type"));
        } else if (given.size() > 1) {
            causes.add(Cause.forbidden(path + "." + given.getLast(), "may not specify more than 1 handler type"));
        }
        Json.at(handler, "exec").ifPresent(exec -> {
            if (Json.items(exec, "command").isEmpty()) {
                causes.required(path + ".exec.command");
            }
        });
        Json.at(handler, "httpGet").ifPresent(get -> {
            causes.present(get, path + ".httpGet", "path");
            causes.oneOf(get, path + ".httpGet", "scheme", Set.of("HTTP", "HTTPS"));
        });
        for (String field : List.of("httpGet", "tcpSocket", "grpc")) {
            Json.at(handler, field).ifPresent(target -> {
                if (!target.has("port")) {
                    causes.required(path + "." + field + ".port");
                }
                causes.portOrName(target, path + "." + field, "port");
            });
        }
    }
}
