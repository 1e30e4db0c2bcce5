package io.keelson.orchestrator.kind;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The syntax of names, labels and annotations. Each method returns what is wrong, in Kubernetes' words; empty when all is well. */
public final class Names {

    private static final String DNS1123_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private static final String DNS1123_SUBDOMAIN = DNS1123_LABEL + "(\\." + DNS1123_LABEL + ")*";
    private static final String DNS1035_LABEL = "[a-z]([-a-z0-9]*[a-z0-9])?";
    private static final String QUALIFIED_NAME = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    private static final String LABEL_VALUE = "(" + QUALIFIED_NAME + ")?";
    private static final String CONFIG_KEY = "[-._a-zA-Z0-9]+";

    private static final Pattern DNS1123_LABEL_PATTERN = Pattern.compile(DNS1123_LABEL);
    private static final Pattern DNS1123_SUBDOMAIN_PATTERN = Pattern.compile(DNS1123_SUBDOMAIN);
    private static final Pattern DNS1035_LABEL_PATTERN = Pattern.compile(DNS1035_LABEL);
    private static final Pattern QUALIFIED_NAME_PATTERN = Pattern.compile(QUALIFIED_NAME);
    private static final Pattern LABEL_VALUE_PATTERN = Pattern.compile(LABEL_VALUE);
    private static final Pattern CONFIG_KEY_PATTERN = Pattern.compile(CONFIG_KEY);
    private static final Pattern PORT_NAME_CHARACTERS = Pattern.compile("[-a-z0-9]+");

    private static final String WILDCARD = "\\*\\." + DNS1123_SUBDOMAIN;
    private static final Pattern WILDCARD_PATTERN = Pattern.compile(WILDCARD);

    private static final int QUALIFIED_PARTS = 3;
    private static final int MAX_LABEL = 63;
    private static final int MAX_SUBDOMAIN = 253;
    private static final int MAX_PORT_NAME = 15;

    private Names() {}

    /** A name of one part, such as a namespace's: at most 63 of a-z, 0-9 and -. */
    public static List<String> dns1123LabelProblems(String name) {
        if (name.length() <= MAX_LABEL
                && name.indexOf('.') >= 0
                && DNS1123_SUBDOMAIN_PATTERN.matcher(name).matches()) {
            return List.of("must not contain dots");
        }
        return problems(
                name,
                MAX_LABEL,
                DNS1123_LABEL_PATTERN,
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end"
                        + " with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '"
                        + DNS1123_LABEL + "')");
    }

    /** A name of parts with dots between, such as a pod's. */
    public static List<String> dns1123SubdomainProblems(String name) {
        return problems(
                name,
                MAX_SUBDOMAIN,
                DNS1123_SUBDOMAIN_PATTERN,
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start"
                        + " and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '"
                        + DNS1123_SUBDOMAIN + "')");
    }

    /** A name of one part that begins with a letter, such as a service's. */
    public static List<String> dns1035LabelProblems(String name) {
        return problems(
                name,
                MAX_LABEL,
                DNS1035_LABEL_PATTERN,
                "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character,"
                        + " and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '"
                        + DNS1035_LABEL + "')");
    }

    /** The name of a label or annotation: {@code [prefix/]name}. */
    public static List<String> qualifiedNameProblems(String name) {
        List<String> problems = new ArrayList<>();
        int slash = name.indexOf('/');
        if (slash >= 0) {
            String prefix = name.substring(0, slash);
            if (prefix.isEmpty()) {
                problems.add("prefix part must be non-empty");
            } else {
                dns1123SubdomainProblems(prefix).forEach(problem -> problems.add("prefix part " + problem));
            }
        }
        String part = name.substring(slash + 1);
        if (part.isEmpty()) {
            problems.add("name part must be non-empty");
        }
        problems(
                        part,
                        MAX_LABEL,
                        QUALIFIED_NAME_PATTERN,
                        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric"
                                + " character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '"
                                + QUALIFIED_NAME + "')")
                .forEach(problem -> problems.add("name part " + problem));
        return problems;
    }

    /** The value of a label; may be empty. */
    public static List<String> labelValueProblems(String value) {
        return problems(
                value,
                MAX_LABEL,
                LABEL_VALUE_PATTERN,
                "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start"
                        + " and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for"
                        + " validation is '(" + QUALIFIED_NAME + ")?')");
    }

    /** A key in a ConfigMap or Secret. */
    public static List<String> configKeyProblems(String key) {
        List<String> problems = new ArrayList<>(problems(
                key,
                MAX_SUBDOMAIN,
                CONFIG_KEY_PATTERN,
                "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME', "
                        + " or 'key-name', regex used for validation is '" + CONFIG_KEY + "')"));
        if (key.equals(".") || key.equals("..")) {
            problems.add("must not be '" + key + "'");
        } else if (key.startsWith("..")) {
            problems.add("must not start with '..'");
        }
        return problems;
    }

    /** The name of a port: at most 15 of a-z, 0-9 and -, at least one letter. */
    public static List<String> portNameProblems(String name) {
        List<String> problems = new ArrayList<>();
        if (name.length() > MAX_PORT_NAME) {
            problems.add("must be no more than " + MAX_PORT_NAME + " characters");
        }
        if (!PORT_NAME_CHARACTERS.matcher(name).matches()) {
            problems.add("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
        }
        if (name.chars().noneMatch(c -> c >= 'a' && c <= 'z')) {
            problems.add("must contain at least one letter (a-z)");
        }
        if (name.contains("--")) {
            problems.add("must not contain consecutive hyphens");
        }
        if (name.startsWith("-") || name.endsWith("-")) {
            problems.add("must not begin or end with a hyphen");
        }
        return problems;
    }

    /** A host such as {@code *.example.com}: a star for the first label, and nowhere else. */
    public static List<String> wildcardProblems(String host) {
        return problems(
                host,
                MAX_SUBDOMAIN,
                WILDCARD_PATTERN,
                "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of"
                        + " lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g."
                        + " '*.example.com', regex used for validation is '" + WILDCARD + "')");
    }

    /** What a part of a path may be, and so a name that may have colons, as those of roles. */
    public static List<String> pathSegmentProblems(String name) {
        List<String> problems = new ArrayList<>();
        if (name.equals(".") || name.equals("..")) {
            problems.add("may not be '" + name + "'");
        }
        for (String illegal : List.of("/", "%")) {
            if (name.contains(illegal)) {
                problems.add("may not contain '" + illegal + "'");
            }
        }
        return problems;
    }

    /** A name such as {@code example.com/path}. */
    public static List<String> domainPrefixedPathProblems(String name) {
        int slash = name.indexOf('/');
        if (name.isEmpty()) {
            return List.of("must not be empty");
        }
        if (slash < 1 || slash == name.length() - 1) {
            return List.of("must be a domain-prefixed path (such as \"acme.io/foo\")");
        }
        List<String> problems = new ArrayList<>();
        dns1123SubdomainProblems(name.substring(0, slash)).forEach(problem -> problems.add("prefix part " + problem));
        return problems;
    }

    /** A domain of at least three parts, as webhooks have for a name. */
    public static List<String> fullyQualifiedProblems(String name) {
        if (name.isEmpty()) {
            return List.of("must not be empty");
        }
        List<String> problems = dns1123SubdomainProblems(name);
        return !problems.isEmpty() || name.split("\\.", -1).length >= QUALIFIED_PARTS
                ? problems
                : List.of("should be a domain with at least three segments separated by dots");
    }

    private static List<String> problems(String text, int max, Pattern pattern, String explanation) {
        List<String> problems = new ArrayList<>();
        if (text.length() > max) {
            problems.add("must be no more than " + max + " bytes");
        } else if (!pattern.matcher(text).matches()) {
            problems.add(explanation);
        }
        return problems;
    }
}
