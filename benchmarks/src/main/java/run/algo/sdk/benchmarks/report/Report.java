package run.algo.sdk.benchmarks.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The page that tells the figures. Each section is a file of JSON in a folder beside it, which the
 * measurement has written; page and charts are made of these files and of nothing else, so that a
 * section that is measured again replaces what it said before.
 */
public final class Report {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final Path page;
  private final Path folder;
  private final List<String> order;

  /**
   * A report.
   *
   * @param page the page; its charts and sections are in a folder of the same name without {@code
   *     .md}
   * @param order the sections' names in the order of the page; others follow by name
   */
  public Report(Path page, List<String> order) {
    String name = String.valueOf(page.getFileName());
    if (!name.endsWith(".md")) {
      throw new IllegalArgumentException("the page is " + name + ": it must end with .md");
    }
    this.page = page;
    this.folder = page.resolveSibling(name.substring(0, name.length() - ".md".length()));
    this.order = List.copyOf(order);
  }

  /**
   * Writes a section and makes the page anew.
   *
   * @param section the section
   */
  public void put(Section section) {
    try {
      Files.createDirectories(folder);
      Files.writeString(
          folder.resolve(section.id() + ".json"), JSON.writeValueAsString(section) + "\n");
      int number = 1;
      for (Section.Chart chart : section.charts()) {
        Files.writeString(folder.resolve(chartName(section, number++)), BarChart.svg(chart));
      }
      write();
    } catch (IOException e) {
      throw new UncheckedIOException("the report cannot be written", e);
    }
  }

  /** {@return the sections that are there, in their order} */
  public List<Section> sections() {
    try (Stream<Path> files = Files.exists(folder) ? Files.list(folder) : Stream.empty()) {
      return files
          .filter(file -> file.toString().endsWith(".json"))
          .map(file -> JSON.readValue(file.toFile(), Section.class))
          .sorted(Comparator.comparingInt(this::place).thenComparing(Section::id))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("the report cannot be read", e);
    }
  }

  private int place(Section section) {
    int place = order.indexOf(section.id());
    return place < 0 ? order.size() : place;
  }

  /** Makes the page of the sections that are there. */
  public void write() {
    StringBuilder text = new StringBuilder();
    text.append(
        """
        # Benchmarks

        Written by the commands that each section names, and not by hand. Figures are medians with
        the least and the greatest run in brackets. How it is measured, what the arms are and what a
        figure can say is in [benchmarks/README.md](../benchmarks/README.md).
        """);
    List<Section> sections = sections();
    bars(text, sections);
    sections.forEach(section -> section(text, section));
    try {
      Files.writeString(page, text);
    } catch (IOException e) {
      throw new UncheckedIOException("the report cannot be written", e);
    }
  }

  private static void bars(StringBuilder text, List<Section> sections) {
    List<List<String>> rows = new ArrayList<>();
    for (Section section : sections) {
      for (Section.Bar bar : section.bars()) {
        rows.add(
            List.of(
                "[" + section.title() + "](#" + anchor(section.title()) + ")",
                bar.promise(),
                bar.value(),
                bar.holds() ? "yes" : "**no**"));
      }
    }
    if (!rows.isEmpty()) {
      text.append("\n## What was to be reached\n");
      table(text, List.of("measured", "bar", "figure", "holds"), rows);
    }
  }

  private void section(StringBuilder text, Section section) {
    text.append("\n## ").append(section.title()).append("\n\n");
    text.append(section.text()).append("\n\n```\n").append(section.command()).append("\n```\n\n");
    Conditions conditions = section.conditions();
    text.append(
        String.format(
            Locale.ROOT,
            "%s, revision %s; %s; JDK %s; %s%s; load average %.1f before, %.1f after.%n",
            conditions.date(),
            conditions.revision(),
            conditions.machine(),
            conditions.jdk(),
            conditions.versions(),
            conditions.settings().isEmpty() ? "" : "; " + conditions.settings(),
            conditions.loadBefore(),
            conditions.loadAfter()));
    section.tables().forEach(table -> table(text, table.columns(), table.rows()));
    int number = 1;
    for (Section.Chart chart : section.charts()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n![%s](%s/%s)%n",
              chart.title(),
              Optional.ofNullable(folder.getFileName()).map(Path::toString).orElse("."),
              chartName(section, number++)));
    }
  }

  private static void table(StringBuilder text, List<String> columns, List<List<String>> rows) {
    text.append('\n');
    line(text, columns);
    line(text, columns.stream().map(column -> "---").toList());
    rows.forEach(row -> line(text, row));
  }

  private static void line(StringBuilder text, List<String> cells) {
    cells.forEach(cell -> text.append("| ").append(cell.replace("|", "\\|")).append(' '));
    text.append("|\n");
  }

  private static String chartName(Section section, int number) {
    return section.id() + "-" + number + ".svg";
  }

  /** As those who show Markdown make a link's target of a head. */
  private static String anchor(String title) {
    return title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 -]", "").replace(' ', '-');
  }
}
