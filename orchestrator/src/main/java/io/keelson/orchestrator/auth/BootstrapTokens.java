package io.keelson.orchestrator.auth;

import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.kind.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/** Tokens {@code ID.SECRET} with which a machine may introduce itself: secrets of their own type in {@code kube-system}. */
public final class BootstrapTokens {

    /** Where they are. */
    public static final String NAMESPACE = "kube-system";

    private static final String TYPE = "bootstrap.kubernetes.io/token";
    private static final String GROUP = "system:bootstrappers";
    private static final Pattern TOKEN = Pattern.compile("([a-z0-9]{6})\\.([a-z0-9]{16})");
    private static final Pattern GROUPS = Pattern.compile("system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]");

    private BootstrapTokens() {}

    /** Who has this token. */
    public static Authentication check(String token, Instant now, Lookup lookup) {
        Matcher parts = TOKEN.matcher(token);
        if (!parts.matches()) {
            return new Authentication.NotMine();
        }
        String id = parts.group(1);
        Optional<ObjectNode> secret = lookup.find("secrets", NAMESPACE, "bootstrap-token-" + id);
        boolean good = secret.filter(
                        found -> Json.string(found, "type").orElse("").equals(TYPE)
                                && Json.at(found, "metadata", "deletionTimestamp")
                                        .isEmpty()
                                && data(found, "token-id").equals(id)
                                && same(data(found, "token-secret"), parts.group(2))
                                && !isOver(data(found, "expiration"), now)
                                && data(found, "usage-bootstrap-authentication").equals("true"))
                .isPresent();
        if (!good) {
            return new Authentication.Refused("invalid bootstrap token");
        }
        List<String> groups = new ArrayList<>(List.of(GROUP));
        for (String group : data(secret.orElseThrow(), "auth-extra-groups").split(",", -1)) {
            if (!group.isEmpty() && !GROUPS.matcher(group).matches()) {
                return new Authentication.Refused(
                        "bootstrap group " + Quoted.text(group) + " is invalid (must match " + GROUPS.pattern() + ")");
            }
            if (!group.isEmpty() && !groups.contains(group)) {
                groups.add(group);
            }
        }
        return new Authentication.Known(new User("system:bootstrap:" + id, groups));
    }

    private static String data(ObjectNode secret, String field) {
        try {
            return Json.string(secret, "data", field)
                    .map(text -> new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8))
                    .orElse("");
        } catch (IllegalArgumentException notBase64) {
            return "";
        }
    }

    /** Takes the same time wherever two texts differ. */
    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    /** A time that cannot be read is over. */
    private static boolean isOver(String expiration, Instant now) {
        try {
            return !expiration.isEmpty()
                    && !now.isBefore(OffsetDateTime.parse(expiration).toInstant());
        } catch (DateTimeException unreadable) {
            return true;
        }
    }
}
