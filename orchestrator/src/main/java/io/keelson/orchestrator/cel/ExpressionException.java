package io.keelson.orchestrator.cel;

import java.io.Serial;

/** An expression of which no program can be made; the message says what and, if a place is known, where, in Kubernetes' words. */
public final class ExpressionException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    /** At which step it failed. */
    public enum Step {
        /** It cannot be read, speaks of what is not there, mixes types, or has a literal that is none of its type. */
        COMPILATION,
        /** It gives something else than it must. */
        RESULT,
        /** A part of it that is the same whenever it is evaluated has no value. */
        PROGRAM
    }

    private final Step step;

    private ExpressionException(Step step, String message) {
        super(message);
        this.step = step;
    }

    static ExpressionException notCompiled(String why) {
        return new ExpressionException(Step.COMPILATION, "compilation failed: " + why);
    }

    /** {@code wanted} is a type's name, such as bool. */
    static ExpressionException gives(String wanted) {
        return new ExpressionException(Step.RESULT, "must evaluate to " + wanted);
    }

    static ExpressionException noProgram(String why) {
        return new ExpressionException(Step.PROGRAM, "program instantiation failed: " + why);
    }

    /** At which step it failed. */
    public Step step() {
        return step;
    }

    /** What is wrong. */
    public String problem() {
        return String.valueOf(getMessage());
    }
}
