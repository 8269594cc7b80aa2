package run.algo.sdk.benchmarks.report;

import java.util.Locale;

/** Draws a chart as SVG, readable on a light and on a dark page. */
final class BarChart {

  private static final int WIDTH = 760;
  private static final int LABELS = 210;
  private static final int FIGURES = 90;
  private static final int ROW = 24;
  private static final int HEAD = 34;

  private BarChart() {}

  static String svg(Section.Chart chart) {
    double longest =
        chart.values().stream().mapToDouble(Section.Value::max).filter(v -> v > 0).max().orElse(1);
    double scale = (WIDTH - LABELS - FIGURES) / longest;
    StringBuilder svg = new StringBuilder();
    add(
        svg,
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %1$d %2$d" \
        role="img">
        <title>%s</title>
        <style>
        text { font: 13px sans-serif; fill: #1f2328 }
        .head { font-weight: bold }
        .ours { fill: #1a7f64 }
        .theirs { fill: #8c959f }
        .spread { stroke: #1f2328; stroke-width: 1 }
        @media (prefers-color-scheme: dark) {
        text { fill: #e6edf3 }
        .ours { fill: #3fb993 }
        .theirs { fill: #6e7681 }
        .spread { stroke: #e6edf3 }
        }
        </style>
        <text class="head" x="0" y="18">%3$s</text>
        """,
        WIDTH,
        HEAD + ROW * chart.values().size() + 6,
        escaped(chart.title()));
    int top = HEAD;
    for (Section.Value value : chart.values()) {
      row(svg, value, top, scale);
      top += ROW;
    }
    return svg.append("</svg>\n").toString();
  }

  private static void row(StringBuilder svg, Section.Value value, int top, double scale) {
    int middle = top + ROW / 2;
    add(
        svg,
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n",
        LABELS - 8,
        middle + 4,
        escaped(value.label()));
    add(
        svg,
        "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>%n",
        value.ours() ? "ours" : "theirs",
        LABELS,
        top + 4,
        Math.max(0.5, value.median() * scale),
        ROW - 8);
    add(
        svg,
        "<line class=\"spread\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%4$d\"/>%n",
        LABELS + value.min() * scale,
        LABELS + value.max() * scale,
        middle,
        middle);
    add(
        svg,
        "<text x=\"%.1f\" y=\"%d\">%s</text>%n",
        LABELS + Math.max(value.max(), value.median()) * scale + 8,
        middle + 4,
        figure(value.median()));
  }

  private static String figure(double value) {
    int decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2;
    return String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }

  private static void add(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
