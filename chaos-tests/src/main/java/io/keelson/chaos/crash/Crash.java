package io.keelson.chaos.crash;

import io.keelson.store.fault.CrashPoint;
import io.keelson.store.fault.PlantedFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * {@code dev/crash}: lets members die at named points of their code, hundreds of times, and judges what is left. Ends with 0 if nothing was
 * broken and every point was hit, with 1 if not, with 2 if it was asked wrongly.
 */
public final class Crash {

    private static final String USAGE =
            "usage: dev/crash [--rounds N] [--seconds T] [--seed S] [--members 1|3|both] [--fault NAME]";

    /** Fewer rounds than so many for each point cannot be asked to hit all. */
    private static final int ROUNDS_A_POINT = 2;

    /** Of the rounds with both sizes, one in so many is of a single member. */
    private static final int SINGLE = 4;

    private final Map<CrashPoint, Integer> armed = new EnumMap<>(CrashPoint.class);
    private final Map<CrashPoint, Integer> hits = new EnumMap<>(CrashPoint.class);
    private boolean broken;

    private final long begun = System.nanoTime();
    private final long seconds;
    private int done;

    private final Optional<PlantedFault> fault;

    /**
     * @param seconds no round begins later than so long after the start
     * @param fault a mistake that all members make, which must be seen
     */
    private Crash(long seconds, Optional<PlantedFault> fault) {
        this.seconds = seconds;
        this.fault = fault;
    }

    private boolean hasTime() {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun) < seconds;
    }

    /** Runs once. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int rounds = 100;
        long seed = System.nanoTime();
        String members = "both";
        long seconds = Long.MAX_VALUE;
        Optional<PlantedFault> fault = Optional.empty();
        try {
            for (int i = 0; i < arguments.length; i += 2) {
                if (i + 1 == arguments.length) {
                    throw new IllegalArgumentException(arguments[i] + " needs a value");
                }
                String value = arguments[i + 1];
                switch (arguments[i]) {
                    case "--rounds" -> rounds = Integer.parseInt(value);
                    case "--seconds" -> seconds = Long.parseLong(value);
                    case "--seed" -> seed = Long.parseLong(value);
                    case "--fault" -> fault = Optional.of(PlantedFault.valueOf(value));
                    case "--members" -> members = value;
                    default -> throw new IllegalArgumentException("unknown: " + arguments[i]);
                }
            }
            if (rounds < 1 || !List.of("1", "3", "both").contains(members)) {
                throw new IllegalArgumentException("--rounds " + rounds + " --members " + members);
            }
        } catch (IllegalArgumentException wrong) {
            System.err.println("crash: " + wrong.getMessage());
            System.err.println(USAGE);
            System.exit(2);
            return;
        }
        System.exit(new Crash(seconds, fault).run(rounds, seed, members) ? 0 : 1);
    }

    private boolean run(int rounds, long seed, String members) throws IOException, InterruptedException {
        System.out.println("seed " + seed + ", rounds " + rounds + ", members " + members
                + fault.map(planted -> ", all with " + planted).orElse(""));
        int single = switch (members) {
            case "1" -> rounds;
            case "3" -> 0;
            default -> rounds / SINGLE;
        };
        if (single > 0) {
            part(1, single, seed);
        }
        if (rounds > single && !broken) {
            part(3, rounds - single, seed);
        }
        return verdict(single < rounds ? 3 : 1);
    }

    private void part(int members, int rounds, long seed) throws IOException, InterruptedException {
        System.out.println(rounds + " rounds of " + members + (members == 1 ? " member" : " members"));
        Path directory = Files.createTempDirectory(
                Path.of(System.getProperty("keelson.chaos.directory", System.getProperty("java.io.tmpdir"))),
                "keelson-crash-");
        try (var run = new CrashRun(members, seed, directory, fault)) {
            done += run.run(rounds, this::hasTime);
            run.armed().forEach((point, count) -> armed.merge(point, count, Integer::sum));
            run.hits().forEach((point, count) -> hits.merge(point, count, Integer::sum));
            System.out.println(run.ledger().acknowledgements() + " acknowledged writes, "
                    + run.ledger().readThrough() + " revisions, "
                    + run.crashesAtOnce() + " times more than one member at once");
            broken = !run.ledger().violations().isEmpty();
        }
        if (broken) {
            System.out.println("data and logs stay in " + directory);
        } else {
            delete(directory);
        }
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private boolean verdict(int members) {
        System.out.println("point                  armed   died there");
        boolean all = true;
        for (CrashPoint point : Deck.points(members)) {
            int hit = hits.getOrDefault(point, 0);
            all &= hit > 0;
            System.out.printf(Locale.ROOT, "%-20s %7d %12d%n", point, armed.getOrDefault(point, 0), hit);
        }
        boolean enough = done >= ROUNDS_A_POINT * Deck.points(members).size();
        int died = hits.values().stream().mapToInt(Integer::intValue).sum();
        if (enough && !all) {
            System.out.println("a point was never hit: its part of the code was not tried");
        }
        boolean good = !broken && (all || !enough);
        System.out.println((good ? "GOOD" : "BAD") + ": " + done + " rounds, " + died + " died at their point, "
                + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun) + " s"
                + (broken
                        ? "; promises were broken, see above"
                        : "; nothing acknowledged was lost, nothing happened twice"));
        return good;
    }
}
