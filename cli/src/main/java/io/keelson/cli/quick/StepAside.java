package io.keelson.cli.quick;

/** The quick way does not know how to go on; nothing has been printed. The message is for who looks into why (KEELSON_DEBUG). */
final class StepAside extends Exception {

    private static final long serialVersionUID = 1L;

    StepAside(String why) {
        super(why, null, false, false);
    }
}
