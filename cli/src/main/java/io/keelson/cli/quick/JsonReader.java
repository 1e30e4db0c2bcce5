package io.keelson.cli.quick;

import java.nio.charset.StandardCharsets;

/** Reads JSON that a server wrote, from its bytes, one value after the other. Who reads says what is to come. */
final class JsonReader {

    /** Integers of so many digits look the same wherever they are read and written. */
    private static final int MOST_DIGITS = 18;

    private final byte[] bytes;
    private final int end;
    private int at;
    private boolean first;

    JsonReader(byte[] bytes, int begin, int end) {
        this.bytes = bytes;
        this.at = begin;
        this.end = end;
    }

    private static StepAside unusual() {
        return new StepAside("JSON of another form");
    }

    private byte here() throws StepAside {
        while (at < end) {
            byte b = bytes[at];
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') return b;
            at++;
        }
        throw unusual();
    }

    private void expect(char c) throws StepAside {
        if (here() != c) throw unusual();
        at++;
    }

    /** Goes into an array or object. */
    void open(char bracket) throws StepAside {
        expect(bracket);
        first = true;
    }

    /** Whether one more element or field follows; if not, goes out of the array or object. */
    boolean more(char bracket) throws StepAside {
        boolean wasFirst = first;
        first = false;
        if (here() == bracket) {
            at++;
            return false;
        }
        if (!wasFirst) expect(',');
        return true;
    }

    /** The name of the field that follows. */
    String name() throws StepAside {
        String name = string();
        expect(':');
        return name;
    }

    String string() throws StepAside {
        expect('"');
        int begin = at;
        while (at < end) {
            byte b = bytes[at++];
            if (b == '"') return new String(bytes, begin, at - 1 - begin, StandardCharsets.UTF_8);
            if (b == '\\') {
                at--;
                return escaped(begin);
            }
        }
        throw unusual();
    }

    private String escaped(int begin) throws StepAside {
        StringBuilder text = new StringBuilder();
        int from = begin;
        while (at < end) {
            byte b = bytes[at++];
            if (b != '"' && b != '\\') continue;
            text.append(new String(bytes, from, at - 1 - from, StandardCharsets.UTF_8));
            if (b == '"') return text.toString();
            text.append(character());
            from = at;
        }
        throw unusual();
    }

    private char character() throws StepAside {
        if (at == end) throw unusual();
        byte b = bytes[at++];
        return switch (b) {
            case '"', '\\', '/' -> (char) b;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                if (end - at < 4) throw unusual();
                int code = 0;
                for (int i = 0; i < 4; i++) code = (code << 4) | hex(bytes[at++]);
                yield (char) code;
            }
            default -> throw unusual();
        };
    }

    private static int hex(byte digit) throws StepAside {
        int value = Character.digit(digit, 16);
        if (value < 0) throw unusual();
        return value;
    }

    /** A whole number, as it stands there; one that other readers might write differently is refused. */
    String integer() throws StepAside {
        boolean negative = here() == '-';
        int begin = at;
        if (negative) at++;
        int digits = at;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') at++;
        if (at == digits || at - digits > MOST_DIGITS) throw unusual();
        boolean zero = bytes[digits] == '0' && at - begin > 1;
        boolean goesOn = at < end && (bytes[at] == '.' || bytes[at] == 'e' || bytes[at] == 'E');
        if (zero || goesOn) throw unusual();
        return new String(bytes, begin, at - begin, StandardCharsets.ISO_8859_1);
    }

    /** A string, a whole number or a truth as text; for null the text that is given. */
    String scalar(String ofNull) throws StepAside {
        return switch (here()) {
            case '"' -> string();
            case 'n' -> word("null", ofNull);
            case 't' -> word("true", "true");
            case 'f' -> word("false", "false");
            default -> integer();
        };
    }

    private String word(String word, String meaning) throws StepAside {
        for (int i = 0; i < word.length(); i++) if (at == end || bytes[at++] != word.charAt(i)) throw unusual();
        return meaning;
    }

    /** Passes over a value, whatever it is. */
    void skip() throws StepAside {
        int depth = 0;
        do {
            switch (here()) {
                case '{', '[' -> {
                    depth++;
                    at++;
                }
                case '}', ']' -> {
                    depth--;
                    at++;
                }
                case '"' -> skipString();
                case ',', ':' -> at++;
                default -> skipWord();
            }
        } while (depth > 0);
        first = false;
    }

    private void skipString() throws StepAside {
        at++;
        while (at < end) {
            byte b = bytes[at++];
            if (b == '"') return;
            if (b == '\\') at++;
        }
        throw unusual();
    }

    private void skipWord() {
        while (at < end && ",]}: \n\r\t".indexOf(bytes[at]) < 0) at++;
    }
}
