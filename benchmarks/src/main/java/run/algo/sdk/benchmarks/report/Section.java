package run.algo.sdk.benchmarks.report;

import java.util.List;

/**
 * What one measurement says in the report, with all that is needed to judge and repeat it.
 *
 * @param id its name in file names and links
 * @param title its head
 * @param text what was measured
 * @param command what was run, to be run again
 * @param conditions where and with what it ran
 * @param bars what was to be reached
 * @param tables its figures
 * @param charts its figures once more, to be seen
 */
public record Section(
    String id,
    String title,
    String text,
    String command,
    Conditions conditions,
    List<Bar> bars,
    List<Table> tables,
    List<Chart> charts) {

  /** Copies its lists. */
  public Section {
    if (!id.matches("[a-z0-9-]+")) {
      throw new IllegalArgumentException(
          "the section is called " + id + ": use small letters, digits and hyphens");
    }
    bars = List.copyOf(bars);
    tables = List.copyOf(tables);
    charts = List.copyOf(charts);
  }

  /**
   * What was to be reached, and what was.
   *
   * @param promise in words
   * @param value the figure and its spread
   * @param holds whether the figure keeps it
   */
  public record Bar(String promise, String value, boolean holds) {}

  /**
   * A table.
   *
   * @param columns the heads
   * @param rows as many cells as there are heads, each
   */
  public record Table(List<String> columns, List<List<String>> rows) {

    /** Copies and checks them. */
    public Table {
      columns = List.copyOf(columns);
      rows = rows.stream().map(List::copyOf).toList();
      for (List<String> row : rows) {
        if (row.size() != columns.size()) {
          throw new IllegalArgumentException(
              "a row has " + row.size() + " cells and not " + columns.size() + ": " + row);
        }
      }
    }
  }

  /**
   * A chart of horizontal bars, one a value.
   *
   * @param title what it shows, with the unit
   * @param values the bars, from the top
   */
  public record Chart(String title, List<Value> values) {

    /** Copies its values. */
    public Chart {
      values = List.copyOf(values);
    }
  }

  /**
   * A bar: how long it is, and how far the single runs were from that.
   *
   * @param label what it is of
   * @param median its length
   * @param min the least run
   * @param max the greatest
   * @param ours whether it is the SDK's
   */
  public record Value(String label, double median, double min, double max, boolean ours) {}
}
