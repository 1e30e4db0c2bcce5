package io.keelson.chaos.run;

import io.keelson.chaos.cluster.Membership;
import io.keelson.chaos.cluster.Product;
import io.keelson.chaos.nemesis.Kind;
import io.keelson.chaos.workload.Workload;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/**
 * What a run is asked to be.
 *
 * @param members how many, 1 to 7
 * @param seconds how long clients and faults are at work
 * @param seed decides faults and what clients choose
 * @param product what is under test
 * @param kinds which faults may come
 * @param workloads what clients do
 * @param fault a fault planted in Keelson, by name
 * @param containers members in containers, or else in network namespaces
 * @param electionMillis silence of a leader before the others elect; longer on a machine that is too busy to hear it
 * @param fencing whether two holders of a lock are no violation, as long as their tokens are
 */
public record Settings(
        int members,
        int seconds,
        long seed,
        Product product,
        List<Kind> kinds,
        List<Workload> workloads,
        Optional<String> fault,
        boolean containers,
        int electionMillis,
        boolean fencing) {

    /** Machines that members may run on: more than members, if those come and go. */
    public int slots() {
        return kinds.contains(Kind.MEMBER) ? Membership.MOST : members;
    }

    /** How to ask. */
    public static final String USAGE =
            """
            usage: dev/chaos [--members 3] [--seconds 120] [--seed N] [--system keelson|etcd] [--nemesis all|none|kill,pause,...]
                             [--workload all|register,...] [--fault NAME] [--machines containers|namespaces] [--locks fenced|bare]
                             [--election 1000]
            nemeses:   %s
            workloads: %s
            """.formatted(words(Kind.values(), Kind::word), words(Workload.values(), Workload::word));

    private static final Set<String> NAMES = Set.of(
            "--members",
            "--seconds",
            "--seed",
            "--system",
            "--nemesis",
            "--workload",
            "--fault",
            "--machines",
            "--election",
            "--locks");

    private static final int MAX_MEMBERS = 7;
    private static final int MIN_SECONDS = 5;

    /**
     * Reads a command line.
     *
     * @throws IllegalArgumentException the message names the option and what is wrong with it
     */
    public static Settings parse(String... arguments) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            if (!NAMES.contains(arguments[i])) {
                throw new IllegalArgumentException("there is no option " + arguments[i]);
            }
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException(arguments[i] + " needs a value");
            }
            given.put(arguments[i], arguments[i + 1]);
        }
        Product product = one(
                "--system",
                given.getOrDefault("--system", "keelson"),
                Product.values(),
                value -> value.name().toLowerCase(Locale.ROOT));
        Optional<String> fault = Optional.ofNullable(given.get("--fault"));
        if (fault.isPresent() && product != Product.KEELSON) {
            throw new IllegalArgumentException("--fault: faults can be planted in keelson only");
        }
        int members = number("--members", given.getOrDefault("--members", "3"), 1, MAX_MEMBERS);
        return new Settings(
                members,
                number("--seconds", given.getOrDefault("--seconds", "120"), MIN_SECONDS, 86_400),
                seed(given),
                product,
                kinds(given.getOrDefault("--nemesis", "all"), product, members),
                several("--workload", given.getOrDefault("--workload", "all"), Workload.values(), Workload::word),
                fault,
                choice("--machines", given.getOrDefault("--machines", "containers"), "containers", "namespaces"),
                number("--election", given.getOrDefault("--election", "1000"), 200, 20_000),
                choice("--locks", given.getOrDefault("--locks", "fenced"), "fenced", "bare"));
    }

    /** All that can be done; or what is named, if it can. */
    private static List<Kind> kinds(String text, Product product, int members) {
        List<Kind> kinds = several("--nemesis", text, Kind.values(), Kind::word);
        if (text.equals("all")) {
            return kinds.stream()
                    .filter(kind -> kind.obstacle(product, members).isEmpty())
                    .toList();
        }
        for (Kind kind : kinds) {
            kind.obstacle(product, members).ifPresent(why -> {
                throw new IllegalArgumentException("--nemesis: " + kind.word() + " " + why);
            });
        }
        return kinds;
    }

    private static long seed(Map<String, String> given) {
        String text = given.get("--seed");
        if (text == null) {
            return ThreadLocalRandom.current().nextInt(1, 1_000_000);
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--seed: \"" + text + "\" is no number", e);
        }
    }

    private static int number(String name, String text, int least, int most) {
        try {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + ": \"" + text + "\" is no number", e);
        }
        throw new IllegalArgumentException(name + ": " + text + " is not between " + least + " and " + most);
    }

    private static boolean choice(String name, String text, String yes, String no) {
        if (!text.equals(yes) && !text.equals(no)) {
            throw new IllegalArgumentException(name + ": \"" + text + "\" is neither " + yes + " nor " + no);
        }
        return text.equals(yes);
    }

    private static <T> List<T> several(String name, String text, T[] values, Function<T, String> word) {
        return switch (text) {
            case "all" -> List.of(values);
            case "none" -> List.of();
            default ->
                Arrays.stream(text.split(",", -1))
                        .map(part -> one(name, part, values, word))
                        .toList();
        };
    }

    private static <T> T one(String name, String text, T[] values, Function<T, String> word) {
        return Arrays.stream(values)
                .filter(value -> word.apply(value).equals(text))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(name + ": \"" + text + "\" is none of " + words(values, word)));
    }

    private static <T> String words(T[] values, Function<T, String> word) {
        return String.join(", ", Arrays.stream(values).map(word).toList());
    }
}
