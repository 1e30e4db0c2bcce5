package io.keelson.agent.stream;

import java.io.InputStream;

/** An answer to somebody who goes on talking: what a command writes goes there, what it is to read comes from there. */
public interface Conversation extends Answer {

    /** What hears the size of the asker's terminal. */
    interface Screen {
        void resized(int columns, int rows);
    }

    /** Tells that the command runs or the connection stands; before any piece. */
    void started();

    /** Sends a piece of what is written to stderr; waits while the reader is slow. False: the asker has gone, stop. */
    boolean errors(byte[] bytes, int offset, int length);

    /** What the asker sends; ends when it has said so, or has gone. */
    InputStream input();

    /** Who hears of the terminal's size: at once what is known, then each change. */
    void onResize(Screen screen);

    /** Who hears that the asker has gone, if it has already at once. */
    void onCancel(Runnable gone);

    /** The command has ended: the last word. */
    void exited(int code);
}
