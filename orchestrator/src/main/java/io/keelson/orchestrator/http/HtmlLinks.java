package io.keelson.orchestrator.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A page of HTML on its way, piece by piece, in which links lead elsewhere than the program said. Only the values of attributes that are
 * addresses change, all other bytes stay; a page in any encoding that has ASCII in it may pass. What is inside of a script, a comment or a style
 * is text. For one client; remembers no more than one tag.
 */
final class HtmlLinks {

    /** A longer tag passes as it is. */
    private static final int MAX_TAG_BYTES = 64 * 1024;

    /** The attributes that are addresses, by the tags that have them: those that Kubernetes' proxy knows. */
    private static final Map<String, Set<String>> LINKS = Map.ofEntries(
            Map.entry("a", Set.of("href")),
            Map.entry("applet", Set.of("codebase")),
            Map.entry("area", Set.of("href")),
            Map.entry("audio", Set.of("src")),
            Map.entry("base", Set.of("href")),
            Map.entry("blockquote", Set.of("cite")),
            Map.entry("body", Set.of("background")),
            Map.entry("button", Set.of("formaction")),
            Map.entry("command", Set.of("icon")),
            Map.entry("del", Set.of("cite")),
            Map.entry("embed", Set.of("src")),
            Map.entry("form", Set.of("action")),
            Map.entry("frame", Set.of("longdesc", "src")),
            Map.entry("head", Set.of("profile")),
            Map.entry("html", Set.of("manifest")),
            Map.entry("iframe", Set.of("longdesc", "src")),
            Map.entry("img", Set.of("longdesc", "src", "usemap")),
            Map.entry("input", Set.of("src", "usemap", "formaction")),
            Map.entry("ins", Set.of("cite")),
            Map.entry("link", Set.of("href")),
            Map.entry("object", Set.of("classid", "codebase", "data", "usemap")),
            Map.entry("q", Set.of("cite")),
            Map.entry("script", Set.of("src")),
            Map.entry("source", Set.of("src")),
            Map.entry("video", Set.of("poster", "src")));

    private static final String COMMENT_BEGINS = "<!--";

    /** In these there are no tags but their own end. */
    private static final Set<String> TEXT_INSIDE =
            Set.of("iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp");

    private enum At {
        TEXT,
        TAG,
        COMMENT,
        /** In an end tag, a declaration or the like. */
        OTHER,
        /** In a tag that is too long. */
        TOO_LONG
    }

    private final UnaryOperator<String> link;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream tag = new ByteArrayOutputStream();
    private final HtmlTag.End end = new HtmlTag.End();
    private At at = At.TEXT;
    /** The tag in which there is only text; empty if in none. */
    private String inside = "";
    /** Whether what is held back begins with an exclamation mark. */
    private boolean declares;

    /** How many of the last bytes of a comment were dashes. */
    private int dashes;

    /**
     * A page that has not begun.
     *
     * @param link where a link is to lead, given where the program says
     */
    HtmlLinks(UnaryOperator<String> link) {
        this.link = link;
    }

    /** Takes the next bytes of the page; gives those that can be sent on. */
    byte[] next(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            next(bytes[i]);
        }
        return taken();
    }

    /** The page has ended; gives what was held back. */
    byte[] end() {
        out.writeBytes(tag.toByteArray());
        tag.reset();
        return taken();
    }

    private byte[] taken() {
        byte[] taken = out.toByteArray();
        out.reset();
        return taken;
    }

    private void next(byte b) {
        switch (at) {
            case TEXT -> {
                if (b == '<') {
                    begin(b);
                } else {
                    out.write(b);
                }
            }
            case TAG -> inTag(b);
            case COMMENT -> {
                out.write(b);
                if (b == '>' && dashes >= 2) {
                    at = At.TEXT;
                }
                dashes = b == '-' ? dashes + 1 : 0;
            }
            case OTHER -> {
                out.write(b);
                if (b == '>') {
                    at = At.TEXT;
                }
            }
            case TOO_LONG -> {
                out.write(b);
                if (end.isAfter(b)) {
                    at = At.TEXT;
                }
            }
        }
    }

    private void inTag(byte b) {
        tag.write(b);
        if (!inside.isEmpty()) {
            inTagOfText(b);
        } else if (tag.size() == 2 && !isLetter(b)) {
            declares = b == '!';
            if (!declares) {
                pass(b == '/' || b == '?' ? At.OTHER : At.TEXT, b);
            }
        } else if (declares) {
            declaration(b);
        } else if (end.isAfter(b)) {
            whole();
        } else if (tag.size() > MAX_TAG_BYTES) {
            pass(At.TOO_LONG, b);
        }
    }

    /** A comment, if it begins like one. */
    private void declaration(byte b) {
        if (b != '-') {
            pass(b == '>' ? At.TEXT : At.OTHER, b);
        } else if (tag.size() == COMMENT_BEGINS.length()) {
            // "<!-->" is a comment already.
            dashes = 2;
            pass(At.COMMENT, b);
        }
    }

    /** Only the end of what it is inside of ends it. */
    private void inTagOfText(byte b) {
        String wanted = "</" + inside;
        int size = tag.size();
        if (size <= wanted.length()) {
            if (Character.toLowerCase((char) b) != wanted.charAt(size - 1)) {
                pass(At.TEXT, b);
            }
        } else {
            boolean ends = b == '>' || b == '/' || b == ' ' || b == '\t' || b == '\n' || b == '\r' || b == '\f';
            inside = ends ? "" : inside;
            pass(ends && b != '>' ? At.OTHER : At.TEXT, b);
        }
    }

    /** What was held back passes as it is; if it was none, its last byte may begin another tag. */
    private void pass(At next, byte last) {
        boolean another = next == At.TEXT && last == '<';
        byte[] held = tag.toByteArray();
        tag.reset();
        out.write(held, 0, another ? held.length - 1 : held.length);
        at = next;
        if (another) {
            begin(last);
        }
    }

    private void begin(byte b) {
        at = At.TAG;
        end.reset();
        declares = false;
        tag.write(b);
    }

    private void whole() {
        HtmlTag read = new HtmlTag(tag.toString(StandardCharsets.ISO_8859_1));
        String name = read.name();
        out.writeBytes(read.with(LINKS.getOrDefault(name, Set.of()), link).getBytes(StandardCharsets.ISO_8859_1));
        tag.reset();
        inside = TEXT_INSIDE.contains(name) ? name : "";
        at = At.TEXT;
    }

    private static boolean isLetter(byte b) {
        return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
    }
}
