package run.algo.sdk.benchmarks.process;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import run.algo.sdk.benchmarks.report.Section;

/**
 * The runs of a measurement, by what ran and by round, and their tables. A run that failed gives no
 * figure: it is counted and told. Not thread-safe.
 *
 * @param <K> what runs: an arm, or an arm and what is varied
 * @param <R> what a run gives
 */
class Runs<K, R> {

  private final Map<K, Map<Integer, R>> measured = new HashMap<>();
  private final Map<K, List<String>> failures = new HashMap<>();
  private final Function<K, String> label;

  Runs(Function<K, String> label) {
    this.label = label;
  }

  /** Runs something once. */
  interface Run<K, R> {

    /**
     * Runs it.
     *
     * @throws IllegalStateException when the run has failed: its message says why
     */
    Told<R> once(K what, int round) throws InterruptedException;
  }

  /**
   * What a run gave.
   *
   * @param result the figures
   * @param text what is printed of it
   */
  record Told<R>(R result, String text) {}

  /**
   * A column of a table.
   *
   * @param head its head
   * @param text its cell in the row of what ran
   */
  record Column<K>(String head, Function<K, String> text) {}

  /**
   * Runs each once a round, and prints each run. Every round starts with another, so that none is
   * always behind the same one.
   */
  void interleave(List<K> all, int rounds, Run<K, R> run) throws InterruptedException {
    List<K> order = new ArrayList<>(all);
    for (int round = 1; round <= rounds; round++) {
      for (K what : order) {
        once(what, round, run);
      }
      Collections.rotate(order, -1);
    }
  }

  /** Runs something once, as round 0, and forgets it: it warms the broker up. */
  void warmUp(K what, Run<K, R> run) throws InterruptedException {
    new Runs<K, R>(label).once(what, 0, run);
  }

  /** Runs something once, and prints it. */
  void once(K what, int round, Run<K, R> run) throws InterruptedException {
    String said;
    try {
      Told<R> told = run.once(what, round);
      add(what, round, told.result());
      said = told.text();
    } catch (IllegalStateException e) {
      String why = String.valueOf(e.getMessage());
      failed(what, round, why);
      said = "FAILED, " + why;
    }
    String when = round == 0 ? "warm-up of the broker" : "round " + round;
    System.out.printf(Locale.ROOT, "%s, %s: %s%n", when, label.apply(what), said);
  }

  /** The runs that gave a figure, in the order of the rounds. */
  List<R> runs(K what) {
    return List.copyOf(byRound(what).values());
  }

  /** The same by round. */
  Map<Integer, R> byRound(K what) {
    return measured.getOrDefault(what, Map.of());
  }

  /** What went wrong, by round. */
  List<String> failures(K what) {
    return failures.getOrDefault(what, List.of());
  }

  void add(K what, int round, R result) {
    measured.computeIfAbsent(what, k -> new TreeMap<>()).put(round, result);
  }

  void failed(K what, int round, String why) {
    failures.computeIfAbsent(what, k -> new ArrayList<>()).add("round " + round + ": " + why);
  }

  boolean anyFailed() {
    return !failures.isEmpty();
  }

  /** Those of a list that have a figure. */
  List<K> withFigures(List<K> all) {
    return all.stream().filter(measured::containsKey).toList();
  }

  /** A figure of all runs of something that has one. */
  Spread spread(K what, ToDoubleFunction<R> value) {
    return Spread.of(runs(what).stream().map(run -> value.applyAsDouble(run)).toList());
  }

  /** A row of figures for each that has any, and one for each run that failed. */
  Section.Table table(List<K> all, String head, List<Column<K>> columns) {
    List<String> heads = new ArrayList<>(List.of(head));
    columns.forEach(column -> heads.add(column.head()));
    List<List<String>> rows = new ArrayList<>();
    for (K what : all) {
      if (measured.containsKey(what)) {
        List<String> row = new ArrayList<>(List.of(label.apply(what)));
        columns.forEach(column -> row.add(column.text().apply(what)));
        rows.add(row);
      }
      for (String failure : failures(what)) {
        String why = failure.lines().findFirst().orElse("");
        List<String> row = new ArrayList<>(List.of(label.apply(what), "failed, " + why));
        row.addAll(Collections.nCopies(columns.size() - 1, ""));
        rows.add(row);
      }
    }
    return new Section.Table(heads, rows);
  }

  /** A column with median, least and greatest of a figure. */
  Column<K> column(String head, ToDoubleFunction<R> value, int decimals) {
    return new Column<>(head, what -> spread(what, value).text(decimals));
  }

  /** A bar for each that has a figure. */
  Section.Chart chart(String title, List<K> all, Predicate<K> ours, ToDoubleFunction<R> value) {
    return new Section.Chart(
        title,
        withFigures(all).stream()
            .map(
                what -> {
                  Spread spread = spread(what, value);
                  return new Section.Value(
                      label.apply(what),
                      spread.median(),
                      spread.min(),
                      spread.max(),
                      ours.test(what));
                })
            .toList());
  }

  /** Whether a median is at most so much; without a figure it is not. */
  Section.Bar atMost(
      String promise, K what, ToDoubleFunction<R> value, double bound, int decimals) {
    if (!measured.containsKey(what)) {
      return new Section.Bar(promise, "no figure", false);
    }
    Spread spread = spread(what, value);
    return new Section.Bar(promise, spread.text(decimals), spread.median() <= bound);
  }
}
