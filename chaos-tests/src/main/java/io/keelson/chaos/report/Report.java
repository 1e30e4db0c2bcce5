package io.keelson.chaos.report;

import io.keelson.chaos.check.Violation;
import io.keelson.chaos.history.Op;
import io.keelson.chaos.history.Recording;
import io.keelson.chaos.history.Request;
import io.keelson.chaos.history.Result;
import io.keelson.chaos.history.WatchLog;
import io.keelson.chaos.nemesis.Span;
import io.keelson.chaos.run.Settings;
import io.keelson.chaos.run.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A picture of a run: time to the right, a row for each client, in it a stroke for each operation from its question to its answer; above
 * all, and through all rows, the faults. One HTML file with the picture inside.
 */
public final class Report {

    private static final int LEFT = 170;
    private static final int WIDTH = 1600;
    private static final int ROW = 13;
    private static final int FAULT_ROW = 16;
    private static final int SHOWN = 200;

    private static final String STYLE = """
            :root { color-scheme: light dark; --ink: #1c2430; --soft: #667085; --paper: #fdfdfb; --line: #e4e4de;
                    --ok: #3b7dd8; --write: #1d9a6c; --refused: #c9a227; --unknown: #d96c2f; --bad: #c4122f; --fault: #8a63b8; }
            @media (prefers-color-scheme: dark) { :root { --ink: #e6e8ec; --soft: #98a2b3; --paper: #14171c; --line: #2a2f38; } }
            body { font: 14px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 28px; }
            h1 { font-size: 20px; margin: 0 0 4px } h2 { font-size: 15px; margin: 26px 0 8px }
            .good { color: var(--write) } .bad { color: var(--bad) } .soft { color: var(--soft) }
            svg { display: block; background: var(--paper); } svg text { font: 11px system-ui, sans-serif; fill: var(--ink) }
            svg .tick { fill: var(--soft) } svg .grid { stroke: var(--line) }
            svg .read { stroke: var(--ok) } svg .write { stroke: var(--write) } svg .refused { stroke: var(--refused) }
            svg .unknown { stroke: var(--unknown) } svg .hold { stroke: var(--ink); opacity: .35 }
            svg path { stroke-width: 7; fill: none; opacity: .8 }
            svg .events { stroke: var(--ok) } svg path.watch { stroke: var(--soft); stroke-width: 1 }
            svg .fault { fill: var(--fault); opacity: .10 } svg .name { fill: var(--fault); opacity: .9 }
            svg .violation { fill: var(--bad); stroke: var(--paper); stroke-width: 1 }
            .scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px }
            .key span { display: inline-block; margin-right: 18px } .key i { display: inline-block; width: 16px; height: 8px; margin-right: 6px }
            table { border-collapse: collapse; max-width: 1700px } td, th { text-align: left; vertical-align: top; padding: 4px 14px 4px 0; border-bottom: 1px solid var(--line) }
            td:first-child { white-space: nowrap } td.text { font: 12px ui-monospace, monospace; word-break: break-word }
            """;

    private final StringBuilder out = new StringBuilder();
    private final Recording recording;
    private final List<Span> spans;
    private final Verdict verdict;
    private final long begin;
    private final long end;

    private Report(Recording recording, List<Span> spans, Verdict verdict) {
        this.recording = recording;
        this.spans = spans;
        this.verdict = verdict;
        this.begin = recording.ops().stream().mapToLong(Op::invoked).min().orElse(0);
        this.end = recording.ops().stream().mapToLong(Op::returned).max().orElse(1);
    }

    /** Writes the picture. */
    public static void write(Path file, Settings settings, Recording recording, List<Span> spans, Verdict verdict)
            throws IOException {
        var report = new Report(recording, spans, verdict);
        report.head(settings);
        report.picture();
        report.tables();
        Files.writeString(file, report.out.append("</body></html>\n"));
    }

    private void head(Settings settings) {
        out.append("<!doctype html><html lang=en><head><meta charset=utf-8><title>chaos, seed ")
                .append(settings.seed())
                .append("</title><style>")
                .append(STYLE)
                .append("</style></head><body>");
        out.append("<h1>")
                .append(settings.product().name().toLowerCase(Locale.ROOT))
                .append(", ")
                .append(settings.members())
                .append(" members, seed ")
                .append(settings.seed())
                .append(settings.fault()
                        .map(fault -> ", planted fault " + fault)
                        .orElse(""))
                .append(": <span class=")
                .append(
                        verdict.good()
                                ? "good>no promise broken"
                                : "bad>" + verdict.violations().size() + " violations")
                .append("</span></h1>");
        verdict.notes()
                .forEach(note ->
                        out.append("<div class=soft>").append(escape(note)).append("</div>"));
        out.append("<p class=key>");
        key("--ok", "read answered; events of a watch");
        key("--write", "write answered");
        key("--refused", "refused; progress of a watch");
        key("--unknown", "no answer: unknown outcome");
        key("--soft", "lock held");
        key("--fault", "fault");
        key("--bad", "violation");
        out.append("</p>");
    }

    private void key(String color, String text) {
        out.append("<span><i style=\"background:var(")
                .append(color)
                .append(")\"></i>")
                .append(text)
                .append("</span>");
    }

    // ---- the picture -----------------------------------------------------------------------------------------------

    private double x(long nanos) {
        return LEFT + (double) (nanos - begin) / Math.max(1, end - begin) * WIDTH;
    }

    private void picture() {
        Map<Integer, List<Op>> rows = recording.ops().stream()
                .filter(op -> !op.workload().equals("last"))
                .collect(Collectors.groupingBy(Op::client, TreeMap::new, Collectors.toList()));
        Map<Integer, List<WatchLog>> watchers = recording.watches().stream()
                .filter(watch -> !watch.answers().isEmpty())
                .collect(Collectors.groupingBy(WatchLog::client, TreeMap::new, Collectors.toList()));
        List<List<Span>> lanes = lanes();
        int top = 22 + lanes.size() * FAULT_ROW + 6;
        int height = top + (rows.size() + watchers.size()) * ROW + 26;
        out.append("<div class=scroll><svg width=")
                .append(LEFT + WIDTH + 30)
                .append(" height=")
                .append(height)
                .append(" xmlns=\"http://www.w3.org/2000/svg\">");
        axis(height);
        for (int lane = 0; lane < lanes.size(); lane++) {
            for (Span span : lanes.get(lane)) {
                fault(span, 22 + lane * FAULT_ROW, height);
            }
        }
        int y = top;
        var rowOf = new TreeMap<Integer, Integer>();
        for (var row : rows.entrySet()) {
            row(row.getValue(), y + ROW / 2);
            rowOf.put(row.getKey(), y + ROW / 2);
            y += ROW;
        }
        for (var row : watchers.entrySet()) {
            watcher(row.getKey(), row.getValue(), y + ROW / 2);
            rowOf.put(row.getKey(), y + ROW / 2);
            y += ROW;
        }
        for (Violation violation : verdict.violations()) {
            if (violation.at() >= 0) {
                mark(violation, rowOf.getOrDefault(violation.client(), top - 6));
            }
        }
        out.append("</svg></div>");
    }

    private void axis(int height) {
        double seconds = (end - begin) / 1e9;
        int step = seconds > 600 ? 60 : seconds > 200 ? 20 : seconds > 90 ? 10 : 5;
        for (int second = 0; second <= seconds; second += step) {
            double x = x(begin + second * 1_000_000_000L);
            out.append(String.format(
                    Locale.ROOT,
                    "<line class=grid x1=%.1f x2=%.1f y1=16 y2=%d /><text class=tick x=%.1f y=12 text-anchor=middle>%d s</text>",
                    x,
                    x,
                    height,
                    x,
                    second));
        }
    }

    /** Faults that run into each other go below each other, and so do names that would. */
    private List<List<Span>> lanes() {
        var lanes = new ArrayList<List<Span>>();
        for (Span span : spans.stream()
                .sorted(java.util.Comparator.comparingLong(Span::from))
                .toList()) {
            lanes.stream()
                    .filter(lane -> x(lane.getLast().from())
                                            + 6.2 * lane.getLast().what().length()
                                            + 8
                                    < x(span.from())
                            && lane.getLast().until() < span.from())
                    .findFirst()
                    .orElseGet(() -> {
                        lanes.add(new ArrayList<>());
                        return lanes.getLast();
                    })
                    .add(span);
        }
        return lanes;
    }

    private void fault(Span span, int y, int height) {
        double x = x(span.from());
        double width = Math.max(2, x(span.until()) - x);
        boolean fits = x + 6.2 * span.what().length() < LEFT + WIDTH;
        out.append(String.format(
                Locale.ROOT,
                "<rect class=fault x=%.1f y=%d width=%.1f height=%d><title>%s</title></rect><rect class=name x=%.1f y=%d width=%.1f height=2 />"
                        + "<text x=%.1f y=%d text-anchor=%s>%s</text>",
                x,
                y,
                width,
                height - y,
                escape(span.what()),
                x,
                y,
                width,
                fits ? x : x + width,
                y + 13,
                fits ? "start" : "end",
                escape(span.what())));
    }

    private void row(List<Op> ops, int y) {
        Op first = ops.getFirst();
        out.append("<text x=6 y=")
                .append(y + 4)
                .append('>')
                .append(escape(first.workload()))
                .append(" &#183; client ")
                .append(first.client())
                .append(" &#183; m")
                .append(first.member() + 1)
                .append("</text>");
        Map<String, StringBuilder> paths = new TreeMap<>();
        for (Op op : ops) {
            double x = x(op.invoked());
            paths.computeIfAbsent(style(op), _ -> new StringBuilder())
                    .append(String.format(Locale.ROOT, "M%.1f %dh%.1f", x, y, Math.max(0.8, x(op.returned()) - x)));
        }
        paths.forEach((style, path) -> out.append("<path class=")
                .append(style)
                .append(" d=\"")
                .append(path)
                .append("\"/>"));
    }

    /** A thin line while the watch is there, a stroke for each message. */
    private void watcher(int client, List<WatchLog> watches, int y) {
        out.append("<text x=6 y=")
                .append(y + 4)
                .append(">watch &#183; client ")
                .append(client)
                .append(" &#183; m")
                .append(watches.getFirst().member() + 1)
                .append("</text>");
        var lines = new StringBuilder();
        var events = new StringBuilder();
        var progress = new StringBuilder();
        for (WatchLog watch : watches) {
            double from = x(watch.answers().getFirst().received());
            double until = x(watch.answers().getLast().received());
            lines.append(String.format(Locale.ROOT, "M%.1f %dh%.1f", from, y, Math.max(0.8, until - from)));
            for (WatchLog.Answer answer : watch.answers()) {
                StringBuilder strokes = answer.kind() instanceof WatchLog.Kind.Progress ? progress : events;
                strokes.append(String.format(Locale.ROOT, "M%.1f %dh1", x(answer.received()), y));
            }
        }
        out.append("<path class=watch d=\"").append(lines).append("\"/>");
        out.append("<path class=events d=\"").append(events).append("\"/>");
        out.append("<path class=refused d=\"").append(progress).append("\"/>");
    }

    private static String style(Op op) {
        return switch (op.result()) {
            case Result.Unknown _ -> "unknown";
            case Result.Refused _ -> "refused";
            case Result.Ok _ ->
                switch (op.request()) {
                    case Request.Read _ -> "read";
                    case Request.Hold _ -> "hold";
                    case Request.Write _,
                            Request.Grant _,
                            Request.Revoke _,
                            Request.KeepAlive _,
                            Request.Compact _,
                            Request.Order _ -> "write";
                };
        };
    }

    private void mark(Violation violation, int y) {
        double x = x(violation.at());
        out.append(String.format(
                Locale.ROOT,
                "<path class=violation style=\"opacity:1\" d=\"M%.1f %dl5 -9h-10z\"><title>%s</title></path>",
                x,
                y + 4,
                escape(violation.toString())));
    }

    // ---- below -----------------------------------------------------------------------------------------------------

    private void tables() {
        if (!verdict.good()) {
            out.append("<h2>Broken promises</h2><table><tr><th>at</th><th>promise</th><th>what was seen</th></tr>");
            verdict.violations().stream()
                    .limit(SHOWN)
                    .forEach(violation -> out.append("<tr><td>")
                            .append(
                                    violation.at() < 0
                                            ? ""
                                            : String.format(Locale.ROOT, "%.3f s", (violation.at() - begin) / 1e9))
                            .append("</td><td class=bad>")
                            .append(escape(violation.rule()))
                            .append("</td><td class=text>")
                            .append(escape(violation.text()))
                            .append("</td></tr>"));
            out.append("</table>");
            if (verdict.violations().size() > SHOWN) {
                out.append("<p class=soft>and ")
                        .append(verdict.violations().size() - SHOWN)
                        .append(" more</p>");
            }
        }
        out.append("<h2>Faults</h2><table><tr><th>from</th><th>until</th><th>what</th></tr>");
        spans.forEach(span -> out.append(String.format(
                Locale.ROOT,
                "<tr><td>%.1f s</td><td>%.1f s</td><td>%s</td></tr>",
                (span.from() - begin) / 1e9,
                (span.until() - begin) / 1e9,
                escape(span.what()))));
        out.append("</table>");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\0", "\\0");
    }
}
