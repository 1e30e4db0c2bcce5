package io.keelson.orchestrator.regex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Expressions of users: what they find, what is none, and that none is too much for a server. */
class RegularExpressionTest {

    private static String refusal(String text) {
        return catchThrowableOfType(RegexSyntaxException.class, () -> RegularExpression.compile(text))
                .problem();
    }

    @Test
    void itIsFoundAnywhereUnlessItSaysWhere() throws Exception {
        assertThat(RegularExpression.compile("b+").isIn("abbc")).isTrue();
        assertThat(RegularExpression.compile("^b+$").isIn("abbc")).isFalse();
        assertThat(RegularExpression.compile("b+").first("abbcb")).contains("bb");
        assertThat(RegularExpression.compile("b+").all("abbcb", -1)).containsExactly("bb", "b");
        assertThat(RegularExpression.compile("b+").all("abbcb", 1)).containsExactly("bb");
        assertThat(RegularExpression.compile("x").first("abbcb")).isEmpty();
    }

    /** An engine that goes back tries two to the power of 200,000 ways here, and never ends. */
    @ParameterizedTest
    @ValueSource(strings = {"(a+)+$", "^(a|a)*$", "^(a|aa)+$", "(.*a){20}$", "^(([a-z])+.)+[A-Z]([a-z])+$"})
    void noExpressionTakesLongOverALongText(String evil) throws Exception {
        assertThat(RegularExpression.compile(evil).isIn("a".repeat(200_000) + "!"))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            (              | error parsing regexp: missing closing ): `(`
            [a             | error parsing regexp: missing closing ]: `[a`
            (?=a)b         | error parsing regexp: invalid or unsupported Perl syntax: `(?=`
            (a)\\1         | error parsing regexp: invalid escape sequence: `\\1`
            a{1001}        | error parsing regexp: invalid repeat count: `{1001}`
            (a{100}){11}   | error parsing regexp: invalid repeat count: `{11}`
            ((a{10}){10}){10,11} | error parsing regexp: invalid repeat count: `{10,11}`
            a{99999999999} | error parsing regexp: invalid repeat count: `{99999999999}`
            """)
    void whatRe2DoesNotTakeIsRefusedInGoWords(String text, String problem) {
        assertThat(refusal(text.replace("\\\\", "\\"))).isEqualTo(problem.replace("\\\\", "\\"));
    }

    @Test
    void whatGrowsBeyondMeasureIsRefusedBeforeItGrows() {
        assertThat(refusal("(((a{1000}){1000}){1000}){1000}")).contains("invalid repeat count: `{1000}`");
        assertThat(refusal("[a-z]{1000}".repeat(101))).endsWith("expression too large");
        assertThat(refusal("(" + "ab".repeat(60) + "){1000}")).endsWith("expression too large");
        assertThat(refusal("(".repeat(100_000) + "a" + ")".repeat(100_000))).contains("expression nests too deeply");
    }

    @Test
    void whatIsJustWithinTheBoundsIsTaken() throws Exception {
        assertThat(RegularExpression.compile("(?:(?:a{10}){10}){10}").isIn("a".repeat(1_000)))
                .isTrue();
        assertThat(RegularExpression.compile("(?i)^[a-z]([-a-z0-9]{0,61}[a-z0-9])?(\\.[a-z]{1,63}){0,5}$")
                        .isIn("A.example.com"))
                .isTrue();
        assertThat(RegularExpression.compile("[(]{2}[^]{3}()]{1,2}\\Q((((\\E\\p{Greek}\\x{61}a{,3}{"))
                .isNotNull();
    }

    @Test
    void theDeepestIsNotTooDeepForAThreadOfRequests() throws Exception {
        String deepest = "(".repeat(Extent.MAX_DEPTH - 1) + "a" + ")*".repeat(Extent.MAX_DEPTH - 1);
        boolean[] found = new boolean[1];
        Thread thread = Thread.ofVirtual().start(() -> {
            try {
                found[0] = RegularExpression.compile(deepest).isIn("aaa");
            } catch (RegexSyntaxException e) {
                throw new AssertionError(e);
            }
        });
        thread.join();
        assertThat(found[0]).isTrue();
    }

    /** Expressions drawn from pieces: what is estimated is at least half of what the compiler makes, so that the bound means something. */
    @Test
    void theEstimateIsNotMuchBelowTheTruth() {
        long seed = 20_261_130;
        Random random = new Random(seed);
        List<String> pieces = List.of(
                "a",
                "b",
                ".",
                "[a-z]",
                "[^]]",
                "(",
                "(?:",
                "(?i:",
                ")",
                ")",
                "|",
                "*",
                "+",
                "?",
                "{2}",
                "{3,}",
                "{2,4}",
                "\\d",
                "\\pL",
                "\\Qx{9}\\E",
                "^",
                "$",
                "{",
                "(?i)",
                "(?P<n>");
        int compiled = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(1, 12); length > 0; length--) {
                text.append(pieces.get(random.nextInt(pieces.size())));
            }
            Pattern pattern;
            try {
                pattern = Pattern.compile(text.toString());
            } catch (PatternSyntaxException e) {
                assertThat(Extent.problem(text.toString())).isNotNull();
                continue;
            }
            compiled++;
            assertThat(Extent.steps(text.toString()))
                    .as("seed %d, %s", seed, text)
                    .isGreaterThanOrEqualTo((pattern.programSize() - 4) / 2);
        }
        assertThat(compiled).isGreaterThan(1_000);
    }
}
