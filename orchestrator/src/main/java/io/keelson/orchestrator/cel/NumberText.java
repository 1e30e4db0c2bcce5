package io.keelson.orchestrator.cel;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers with a fraction as {@link TextTemplate} writes them: for people, as golang.org/x/text does in English, or for programs, as Go does. */
final class NumberText {

    private static final String EXPONENT = "\u202f\u00d7\u202f10";
    private static final String SMALL_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    /** Smaller and larger exponents are written. */
    private static final int LEAST_PLAIN = -4;

    private static final int MOST_PLAIN = 5;

    private NumberText() {}

    private interface Writing {
        String of(BigDecimal number);
    }

    private static String signed(double number, Writing writing) {
        if (Double.isNaN(number)) {
            return "NaN";
        }
        String text = Double.isInfinite(number) ? "∞" : writing.of(new BigDecimal(Math.abs(number)));
        return Math.copySign(1, number) < 0 ? "-" + text : text;
    }

    /** {@code 1,234.50}, with so many digits behind the point. */
    static String fixed(double number, int precision) {
        return signed(number, exact -> {
            String plain = exact.setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
            StringBuilder grouped = new StringBuilder(plain);
            int point = precision == 0 ? plain.length() : plain.indexOf('.');
            for (int place = point - 3; place > 0; place -= 3) {
                grouped.insert(place, ',');
            }
            return grouped.toString();
        });
    }

    /** {@code 1.23 × 10⁰³} with narrow spaces, with so many digits behind the point. */
    static String scientific(double number, int precision) {
        return signed(number, exact -> {
            BigDecimal rounded = exact.round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
            int exponent = exponent(rounded);
            StringBuilder text = new StringBuilder(rounded.movePointLeft(exponent)
                            .setScale(precision, RoundingMode.HALF_EVEN)
                            .toPlainString())
                    .append(EXPONENT)
                    .append(exponent < 0 ? "⁻" : "");
            twoDigits(exponent).chars().forEach(digit -> text.append(SMALL_DIGITS.charAt(digit - '0')));
            return text.toString();
        });
    }

    /** The shortest digits that tell the number from others: {@code 0.1}, {@code 1e+06}. */
    static String shortest(double number) {
        if (Double.isNaN(number)) {
            return "NaN";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "+Inf" : "-Inf";
        }
        if (number == 0) {
            return Math.copySign(1, number) < 0 ? "-0" : "0";
        }
        BigDecimal digits = new BigDecimal(Double.toString(number)).stripTrailingZeros();
        int exponent = exponent(digits);
        if (exponent >= LEAST_PLAIN && exponent <= MOST_PLAIN) {
            return digits.toPlainString();
        }
        return digits.movePointLeft(exponent).stripTrailingZeros().toPlainString()
                + (exponent < 0 ? "e-" : "e+")
                + twoDigits(exponent);
    }

    private static int exponent(BigDecimal number) {
        return number.signum() == 0 ? 0 : number.precision() - number.scale() - 1;
    }

    private static String twoDigits(int exponent) {
        return String.format(Locale.ROOT, "%02d", Math.abs(exponent));
    }
}
