package io.keelson.orchestrator.regex;

import java.io.Serial;

/** An expression is not one of RE2, or is too large. The message is Go's: {@code error parsing regexp: missing closing ): `(`}. */
public final class RegexSyntaxException extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    RegexSyntaxException(String message) {
        super(message);
    }

    /** What is wrong, in Go's words. */
    public String problem() {
        return String.valueOf(getMessage());
    }
}
