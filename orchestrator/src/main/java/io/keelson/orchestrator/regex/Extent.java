package io.keelson.orchestrator.regex;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * How far an expression reaches, told from its text alone: {@code ((a{1000}){1000}){1000}} is short, and a thousand million steps once it is compiled,
 * for what is repeated is written out. Go's compiler has such bounds; the library has none.
 *
 * <p>Reads only what matters for size. What is no expression at all is left to the compiler to say.
 */
final class Extent {

    /** Groups may be nested this deep, as in Go. */
    static final int MAX_DEPTH = 1_000;

    /** A part may be repeated so often, by all repetitions around it together, as in Go. */
    static final int MAX_REPEAT = 1_000;

    /** An expression may have so many steps. Go allows more than three million, and takes as much memory for them. */
    static final int MAX_STEPS = 100_000;

    /** A group on the way: the steps of what is complete in it, and of the part that a repetition would repeat. */
    private static final class Group {
        private long steps;
        private int repeat = 1;
        private long lastSteps;
        private int lastRepeat = 1;

        void add(long steps, int repeat) {
            complete();
            lastSteps = steps;
            lastRepeat = repeat;
        }

        void complete() {
            steps = Math.min(steps + lastSteps, Integer.MAX_VALUE);
            repeat = Math.max(repeat, lastRepeat);
            lastSteps = 0;
            lastRepeat = 1;
        }
    }

    private final String text;
    private final Deque<Group> groups = new ArrayDeque<>();
    private int at;

    private Extent(String text) {
        this.text = text;
        groups.push(new Group());
    }

    /** What is too much of an expression, in the words of Go's compiler. */
    static Optional<String> problem(String text) {
        return new Extent(text).read();
    }

    /** About how many steps an expression has once it is compiled; of one that is too much, as many as can be. */
    static long steps(String text) {
        Extent extent = new Extent(text);
        Optional<String> problem = extent.read();
        return problem.isPresent() ? Long.MAX_VALUE : extent.steps();
    }

    private Optional<String> read() {
        while (at < text.length()) {
            Optional<String> problem = step();
            if (problem.isPresent()) {
                return problem;
            }
        }
        return steps() > MAX_STEPS ? Optional.of("expression too large") : Optional.empty();
    }

    private long steps() {
        while (groups.size() > 1) {
            close();
        }
        groups.element().complete();
        return groups.element().steps;
    }

    private Optional<String> step() {
        char c = text.charAt(at++);
        switch (c) {
            case '\\' -> escape();
            case '[' -> characters();
            case '(' -> {
                open();
                return groups.size() > MAX_DEPTH
                        ? Optional.of("expression nests too deeply: `" + text + "`")
                        : Optional.empty();
            }
            case ')' -> {
                if (groups.size() > 1) {
                    close();
                }
            }
            case '*', '+', '?' -> groups.element().lastSteps++;
            case '{' -> {
                return repeat();
            }
            default -> groups.element().add(1, 1);
        }
        return Optional.empty();
    }

    /** {@code (}, {@code (?:}, {@code (?P<name>} or {@code (?i:}; {@code (?i)} is no group. */
    private void open() {
        if (text.startsWith("?", at)) {
            while (at < text.length() && ":)>".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            boolean flags = text.startsWith(")", at++);
            if (flags) {
                return;
            }
        }
        groups.push(new Group());
    }

    private void close() {
        Group inner = groups.pop();
        inner.complete();
        groups.element().add(inner.steps + 2, inner.repeat);
    }

    /** {@code \Qtext\E} is text as it stands; {@code \pL}, {@code \p{Greek}} and {@code \x{10FFFF}} are one character. */
    private void escape() {
        if (text.startsWith("Q", at)) {
            int end = text.indexOf("\\E", at);
            int to = end < 0 ? text.length() : end;
            groups.element().add(Math.max(0, to - at - 2), 1);
            groups.element().add(1, 1);
            at = end < 0 ? to : to + 2;
            return;
        }
        boolean named = at < text.length() && "pPx".indexOf(text.charAt(at)) >= 0;
        at++;
        if (named && text.startsWith("{", at)) {
            int end = text.indexOf('}', at);
            at = end < 0 ? text.length() : end + 1;
        }
        groups.element().add(1, 1);
    }

    /** A set of characters: {@code []a]}, {@code [^\]]}, {@code [[:alpha:]]}. */
    private void characters() {
        at += text.startsWith("^", at) ? 1 : 0;
        at += text.startsWith("]", at) ? 1 : 0;
        while (at < text.length() && text.charAt(at) != ']') {
            int end = text.startsWith("[:", at) ? text.indexOf(":]", at) : -1;
            at = end >= 0 ? end + 2 : at + (text.charAt(at) == '\\' ? 2 : 1);
        }
        at++;
        groups.element().add(1, 1);
    }

    /** {@code {3}}, {@code {3,}} or {@code {3,5}}; any other brace stands for itself. */
    private Optional<String> repeat() {
        int end = text.indexOf('}', at);
        String inside = end < 0 ? "" : text.substring(at, end);
        int comma = inside.indexOf(',');
        String least = comma < 0 ? inside : inside.substring(0, comma);
        String most = comma < 0 ? least : inside.substring(comma + 1);
        if (!isNumber(least) || !(most.isEmpty() || isNumber(most))) {
            groups.element().add(1, 1);
            return Optional.empty();
        }
        at = end + 1;
        long times = most.isEmpty() ? number(least) : Math.max(number(least), number(most));
        Group group = groups.element();
        long repeated = times * group.lastRepeat;
        if (times > 1 && repeated > MAX_REPEAT) {
            return Optional.of("invalid repeat count: `{" + inside + "}`");
        }
        group.lastSteps = Math.min((group.lastSteps + 1) * Math.max(1, times), Integer.MAX_VALUE);
        group.lastRepeat = (int) Math.max(group.lastRepeat, repeated);
        return Optional.empty();
    }

    private static boolean isNumber(String digits) {
        return !digits.isEmpty() && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** More digits than a repetition may have are as good as too many. */
    private static long number(String digits) {
        return digits.length() > 9 ? Integer.MAX_VALUE : Long.parseLong(digits);
    }
}
