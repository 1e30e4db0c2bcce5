package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Links of pages that come through a proxy. */
class HtmlLinksTest {

    private static final String PREFIX = "/api/v1/namespaces/default/services/web/proxy";

    private static HtmlLinks links() {
        return new HtmlLinks(link -> ProxiedUrls.link(link, PREFIX, "10.0.0.1:80", "api.example:6443"));
    }

    private static String page(String page) {
        byte[] bytes = page.getBytes(StandardCharsets.UTF_8);
        HtmlLinks links = links();
        return new String(links.next(bytes, bytes.length), StandardCharsets.UTF_8)
                + new String(links.end(), StandardCharsets.UTF_8);
    }

    private static void same(String page) {
        assertThat(page(page)).isEqualTo(page);
    }

    @Test
    void absolutePathsLeadBelowTheProxy() {
        assertThat(page("<!DOCTYPE html><html><a href=\"/x?a=1&amp;b=2#c\">t</a></html>"))
                .isEqualTo("<!DOCTYPE html><html><a href=\"" + PREFIX + "/x?a=1&amp;b=2#c\">t</a></html>");
        assertThat(page("<IMG SRC='/i.png' alt='/i.png'/>"))
                .isEqualTo("<IMG SRC='" + PREFIX + "/i.png' alt='/i.png'/>");
        assertThat(page("<form class=x action=/do method=post>"))
                .isEqualTo("<form class=x action=" + PREFIX + "/do method=post>");
        assertThat(page("<link rel=stylesheet\n href = \"/s.css\"><script src=/s.js></script>"))
                .isEqualTo("<link rel=stylesheet\n href = \"" + PREFIX + "/s.css\"><script src=" + PREFIX
                        + "/s.js></script>");
        assertThat(page("<a href=\"/{not}|a uri\">")).isEqualTo("<a href=\"" + PREFIX + "/{not}|a uri\">");
        assertThat(page("<video poster=\"/p\" src=\"/v\" controls>"))
                .isEqualTo("<video poster=\"" + PREFIX + "/p\" src=\"" + PREFIX + "/v\" controls>");
    }

    @Test
    void addressesOfTheProgramLeadBelowTheProxyAndOthersStay() {
        assertThat(page("<a href=\"http://10.0.0.1:80/x?a=1&amp;b=2\">"))
                .isEqualTo("<a href=\"" + PREFIX + "/x?a=1&amp;b=2\">");
        assertThat(page("<a href=\"https://api.example:6443/x\">"))
                .isEqualTo("<a href=\"https://api.example:6443" + PREFIX + "/x\">");
        same("<a href=\"http://elsewhere.example/x\"><a href=\"//elsewhere.example/x\">");
        same("<a href=\"x/y\"><a href=\"#top\"><a href=\"mailto:a@b\"><a href=\"\"><a href><a href=>");
        same("<a href=\"" + PREFIX + "/x\">");
        same("<a href=\"http://[broken/x\">");
    }

    @Test
    void whatIsNoLinkStays() {
        same("a < b, a<b and <3 <<a title='>' data-href=\"/x\">");
        same("<!-- <a href=\"/x\"> -- > --><!--><p></a href=\"/x\"><?a href=\"/x\"?><!a href=\"/x\">");
        same("<script>if (a<b) { document.write('<a href=\"/x\">'); } </scripts></script >");
        same("<style>a[href=\"/x\"]</style><title><a href=\"/x\"></title><textarea><a href=\"/x\"></textarea>");
        same("<p title=it's href=\"/x\">grüße \u65e5\u672c</p><a href=\"/x");
        assertThat(page("<script><</script><a href='/x'>")).isEqualTo("<script><</script><a href='" + PREFIX + "/x'>");
        assertThat(page("<<a href='/x'>")).isEqualTo("<<a href='" + PREFIX + "/x'>");
        assertThat(page("<p title=it's><a href='/x'>")).isEqualTo("<p title=it's><a href='" + PREFIX + "/x'>");
    }

    @Test
    void aTagThatIsTooLongPassesAndTheNextOneIsReadAgain() {
        String huge = "<a title=\"" + "x>".repeat(70_000) + "\" href=\"/x\">";
        assertThat(page(huge + "<a href=/y>")).isEqualTo(huge + "<a href=" + PREFIX + "/y>");
    }

    @Test
    void piecesOfAPageAreAsTheWhole() {
        List<String> parts = List.of(
                "<",
                ">",
                "a",
                " ",
                "href",
                "=",
                "\"",
                "'",
                "/",
                "/x",
                "!--",
                "-->",
                "<a href=\"/x\">",
                "<script",
                "</script",
                "<img src=/i>",
                "-",
                "\n",
                "ü",
                "<!");
        long seed = 2014;
        Random random = new Random(seed);
        for (int i = 0; i < 3000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(20); n >= 0; n--) {
                text.append(parts.get(random.nextInt(parts.size())));
            }
            byte[] page = text.toString().getBytes(StandardCharsets.UTF_8);
            HtmlLinks links = links();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (int at = 0; at < page.length; ) {
                int length = Math.min(1 + random.nextInt(4), page.length - at);
                out.writeBytes(links.next(Arrays.copyOfRange(page, at, at + length), length));
                at += length;
            }
            out.writeBytes(links.end());
            assertThat(out.toString(StandardCharsets.UTF_8))
                    .as("seed " + seed + ": " + text)
                    .isEqualTo(page(text.toString()));
            assertThat(page(text.toString()).replace(PREFIX, ""))
                    .as("seed " + seed)
                    .isEqualTo(text.toString());
        }
    }
}
