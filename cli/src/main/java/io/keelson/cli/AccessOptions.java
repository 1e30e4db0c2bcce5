package io.keelson.cli;

import io.keelson.cli.manifest.Manifest;
import io.keelson.cli.print.Trouble;
import io.keelson.orchestrator.access.AccessConfig;
import io.keelson.orchestrator.access.OidcConfig;
import io.keelson.orchestrator.admit.Plugins;
import io.keelson.orchestrator.audit.AuditConfig;
import io.keelson.orchestrator.audit.AuditPolicy;
import io.keelson.orchestrator.auth.OidcRules;
import io.keelson.orchestrator.limits.BodyLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.node.ObjectNode;

/** The options of a server about who may come and what is told of it, under Kubernetes' names. */
final class AccessOptions {

    private static final long MEGABYTE = 1024L * 1024;
    private static final long DEFAULT_MEGABYTES = 100;

    private static final List<String> OF_A_PROVIDER = List.of(
            "--oidc-client-id",
            "--oidc-username-claim",
            "--oidc-username-prefix",
            "--oidc-groups-claim",
            "--oidc-groups-prefix",
            "--oidc-required-claim",
            "--oidc-ca-file");

    private AccessOptions() {}

    static CommandSpec addedTo(CommandSpec spec) {
        return spec.addOption(Options.flag(
                        "--anonymous-auth",
                        "Lets requests without credentials in as system:anonymous; else refuses them."))
                .addOption(Options.text(
                        "--service-account-issuer",
                        "URL",
                        "Issuer in tokens of service accounts; the same on all servers. Default: "
                                + AccessConfig.DEFAULT_ISSUER + "."))
                .addOption(Options.number(
                        "--max-requests-inflight",
                        "N",
                        "So many requests are carried out at a time, the rest waits; default: "
                                + AccessConfig.DEFAULT_SEATS + "."))
                .addOption(Options.number(
                        "--request-body-timeout",
                        "SECONDS",
                        "For so long a client may take to send the body of a request; default: "
                                + BodyLimits.DEFAULT_PATIENCE.toSeconds() + "."))
                .addOption(
                        Options.texts(
                                "--enable-admission-plugins",
                                "NAME,...",
                                "Admission plugins that must be on; all that are built are, but OwnerReferencesPermissionEnforcement."))
                .addOption(
                        Options.texts("--disable-admission-plugins", "NAME,...", "Admission plugins that have no say."))
                .addOption(Options.text(
                        "--audit-policy-file", "FILE", "What is told of which request, a Policy of audit.k8s.io/v1."))
                .addOption(Options.text("--audit-log-path", "FILE", "Where it is told, one event a line."))
                .addOption(Options.number(
                        "--audit-log-maxsize",
                        "MB",
                        "A file of this size is put aside; default: " + DEFAULT_MEGABYTES + "."))
                .addOption(Options.number("--audit-log-maxbackup", "N", "So many of them are kept; default: all."))
                .addOption(Options.text("--oidc-issuer-url", "URL", "An OpenID provider whose users may come; https."))
                .addOption(Options.text("--oidc-client-id", "ID", "For whom its tokens must be."))
                .addOption(
                        Options.text("--oidc-username-claim", "CLAIM", "Which claim is the user's name; default: sub."))
                .addOption(
                        Options.text(
                                "--oidc-username-prefix",
                                "TEXT",
                                "Stands before each name; \"-\" for nothing. Default: the issuer and #, but nothing for email."))
                .addOption(Options.text("--oidc-groups-claim", "CLAIM", "Which claim lists the user's groups."))
                .addOption(Options.text("--oidc-groups-prefix", "TEXT", "Stands before each group."))
                .addOption(Options.texts(
                        "--oidc-required-claim", "KEY=VALUE", "What else a token must say; several times."))
                .addOption(Options.text("--oidc-ca-file", "FILE", "Who signs the provider's certificate, PEM."));
    }

    static AccessConfig of(ParseResult parsed) {
        try {
            return new AccessConfig(
                    Options.flag(parsed, "--anonymous-auth"),
                    Options.text(parsed, "--service-account-issuer").orElse(AccessConfig.DEFAULT_ISSUER),
                    Math.toIntExact(Options.number(parsed, "--max-requests-inflight")
                            .orElse((long) AccessConfig.DEFAULT_SEATS)),
                    audit(parsed),
                    oidc(parsed),
                    Plugins.of(
                            names(parsed, "--enable-admission-plugins"), names(parsed, "--disable-admission-plugins")),
                    new BodyLimits(
                            Options.number(parsed, "--request-body-timeout")
                                    .map(Duration::ofSeconds)
                                    .orElse(BodyLimits.DEFAULT_PATIENCE),
                            OptionalLong.empty()));
        } catch (IllegalArgumentException | ArithmeticException wrong) {
            throw Trouble.usage(String.valueOf(wrong.getMessage()));
        }
    }

    private static List<String> names(ParseResult parsed, String option) {
        return Options.texts(parsed, option).stream()
                .flatMap(list -> Arrays.stream(list.split(",", -1)))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    private static Optional<AuditConfig> audit(ParseResult parsed) {
        Optional<String> policy = Options.text(parsed, "--audit-policy-file");
        Optional<String> path = Options.text(parsed, "--audit-log-path");
        if (policy.isEmpty() && path.isEmpty()) {
            refuseAny(parsed, List.of("--audit-log-maxsize", "--audit-log-maxbackup"), "--audit-log-path");
            return Optional.empty();
        }
        if (policy.isEmpty() || path.isEmpty()) {
            throw Trouble.usage("--audit-policy-file and --audit-log-path belong together");
        }
        return Optional.of(new AuditConfig(
                policy(Path.of(policy.get())),
                Path.of(path.get()),
                Math.multiplyExact(atLeast(parsed, "--audit-log-maxsize", 1, DEFAULT_MEGABYTES), MEGABYTE),
                Math.toIntExact(atLeast(parsed, "--audit-log-maxbackup", 0, 0))));
    }

    private static long atLeast(ParseResult parsed, String option, long bound, long standard) {
        long number = Options.number(parsed, option).orElse(standard);
        if (number < bound) throw Trouble.usage(option + " must be at least " + bound + ", but is " + number);
        return number;
    }

    /** What would have no effect was meant to have one. */
    private static void refuseAny(ParseResult parsed, List<String> options, String needed) {
        options.stream().filter(parsed::hasMatchedOption).findFirst().ifPresent(given -> {
            throw Trouble.usage(given + " needs " + needed);
        });
    }

    private static AuditPolicy policy(Path file) {
        try {
            var tree = Manifest.tree(file.toString(), Files.readString(file));
            if (!tree.problems().isEmpty())
                throw Trouble.usage("--audit-policy-file: " + tree.problems().getFirst());
            if (tree.tree() instanceof ObjectNode policy) return AuditPolicy.parse(policy);
            throw Trouble.usage("--audit-policy-file " + file + " holds no object");
        } catch (IOException unreadable) {
            throw Trouble.usage("cannot read --audit-policy-file " + file + ": " + unreadable.getMessage());
        } catch (IllegalArgumentException wrong) {
            throw Trouble.usage("--audit-policy-file " + file + ": " + wrong.getMessage());
        }
    }

    private static Optional<OidcConfig> oidc(ParseResult parsed) {
        Optional<String> issuer = Options.text(parsed, "--oidc-issuer-url");
        if (issuer.isEmpty()) {
            refuseAny(parsed, OF_A_PROVIDER, "--oidc-issuer-url");
            return Optional.empty();
        }
        if (!parsed.hasMatchedOption("--oidc-groups-claim"))
            refuseAny(parsed, List.of("--oidc-groups-prefix"), "--oidc-groups-claim");
        String claim = Options.text(parsed, "--oidc-username-claim").orElse("sub");
        String prefix = Options.text(parsed, "--oidc-username-prefix")
                .map(said -> said.equals("-") ? "" : said)
                .orElseGet(() -> OidcRules.defaultPrefix(issuer.get(), claim));
        return Optional.of(new OidcConfig(
                new OidcRules(
                        issuer.get(),
                        Options.text(parsed, "--oidc-client-id").orElse(""),
                        claim,
                        prefix,
                        Options.text(parsed, "--oidc-groups-claim").orElse(""),
                        Options.text(parsed, "--oidc-groups-prefix").orElse(""),
                        required(parsed)),
                Options.text(parsed, "--oidc-ca-file").map(Path::of)));
    }

    private static Map<String, String> required(ParseResult parsed) {
        Map<String, String> claims = new HashMap<>();
        for (String each : Options.texts(parsed, "--oidc-required-claim")) {
            int equals = each.indexOf('=');
            if (equals <= 0) {
                throw Trouble.usage("--oidc-required-claim is KEY=VALUE, and \"" + each + "\" is not");
            }
            String claim = each.substring(0, equals);
            if (claims.put(claim, each.substring(equals + 1)) != null)
                throw Trouble.usage("--oidc-required-claim says two things of \"" + claim + "\"");
        }
        return claims;
    }
}
