package io.keelson.orchestrator.regex;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A regular expression of RE2. Looking for it takes time in proportion to the text: no expression makes it go back. */
public final class RegularExpression {

    private final Pattern pattern;

    private RegularExpression(Pattern pattern) {
        this.pattern = pattern;
    }

    /**
     * Reads an expression.
     *
     * @throws RegexSyntaxException if it is not of RE2's language, which has neither lookaround nor references back; if it is nested deeper than
     *     {@link Extent#MAX_DEPTH}, repeats a part more often than {@link Extent#MAX_REPEAT}, or would have more steps than {@link Extent#MAX_STEPS}
     */
    public static RegularExpression compile(String text) throws RegexSyntaxException {
        Optional<String> problem = Extent.problem(text);
        if (problem.isPresent()) {
            throw new RegexSyntaxException("error parsing regexp: " + problem.get());
        }
        try {
            return new RegularExpression(Pattern.compile(text));
        } catch (PatternSyntaxException e) {
            throw new RegexSyntaxException(String.valueOf(e.getMessage()));
        }
    }

    /** An expression of the program itself, which is known to be one. */
    public static RegularExpression known(String text) {
        return new RegularExpression(Pattern.compile(text));
    }

    /** Whether it is somewhere in a text. */
    public boolean isIn(String text) {
        return pattern.matcher(text).find();
    }

    /** The first place in a text that it fits. */
    public Optional<String> first(String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Optional.of(matcher.group()) : Optional.empty();
    }

    /**
     * The places in a text that it fits.
     *
     * @param limit at most so many; negative for all
     */
    public List<String> all(String text, long limit) {
        Matcher matcher = pattern.matcher(text);
        List<String> found = new ArrayList<>();
        while ((limit < 0 || found.size() < limit) && matcher.find()) {
            found.add(matcher.group());
        }
        return found;
    }

    /** As it was written. */
    @Override
    public String toString() {
        return pattern.pattern();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RegularExpression that && toString().equals(that.toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }
}
