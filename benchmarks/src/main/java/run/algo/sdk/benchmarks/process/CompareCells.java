package run.algo.sdk.benchmarks.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import run.algo.sdk.benchmarks.report.Conditions;
import run.algo.sdk.benchmarks.report.Report;
import run.algo.sdk.benchmarks.report.Section;

/**
 * Runs the cells of the report one after the other and writes each into the report as soon as it
 * has ended. {@code --help} tells the options; ends with 1 when a run failed.
 */
final class CompareCells {

  static final String HELP =
      """
      Runs the cells of the comparison and writes the report.

        --cells NAMES       which, with commas between; by default all:
                            %s
        --quick             a few cells with a tenth of the records, in 3 rounds,
                            into target/benchmarks.md: to see that it works
        --rounds 5          how often each arm runs
        --jdk PATH          the JDK of the arms: a newest one; by default the one
                            that runs this
        --jdk17 PATH        a JDK 17, for the cell of that name
        --report PATH       the page; docs/benchmarks.md by default"""
          .formatted(
              String.join(",\n                      ", Cells.ALL.stream().map(Cell::id).toList()));

  private final Map<String, String> given;
  private final boolean quick;
  private final Report report;

  private CompareCells(Map<String, String> given, boolean quick) {
    this.given = given;
    this.quick = quick;
    this.report =
        new Report(
            Path.of(
                given.getOrDefault(
                    "report", quick ? "benchmarks/target/benchmarks.md" : "docs/benchmarks.md")),
            Cells.ORDER);
  }

  /**
   * Runs cells.
   *
   * @param args see {@link #HELP}
   */
  public static void main(String[] args) throws Exception {
    if (List.of(args).contains("--help")) {
      System.out.println(HELP);
      return;
    }
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--quick")) {
        given.put("quick", "");
      } else if (List.of("--cells", "--rounds", "--jdk", "--jdk17", "--report").contains(args[i])
          && i + 1 < args.length) {
        given.put(args[i].substring(2), args[++i]);
      } else {
        System.err.println("there is no option " + args[i] + " or it has no value\n\n" + HELP);
        System.exit(2);
      }
    }
    boolean quick = given.remove("quick") != null;
    System.exit(new CompareCells(given, quick).run() ? 0 : 1);
  }

  private boolean run() throws Exception {
    boolean well = true;
    for (Cell cell : cells()) {
      String jdk =
          cell.id().equals(Cells.JDK_17)
              ? given.get(Cells.JDK_17)
              : given.getOrDefault("jdk", System.getProperty("java.home"));
      if (jdk == null) {
        System.out.println("cell " + cell.id() + " is left out: name a JDK 17 with --jdk17");
        continue;
      }
      well &= run(cell, jdk);
    }
    return well;
  }

  private boolean run(Cell cell, String jdk) throws Exception {
    System.out.printf(Locale.ROOT, "%ncell %s: %s%n", cell.id(), cell.title());
    double loadBefore = Conditions.load();
    Options options = cell.options(more(cell, jdk));
    Results results = Comparison.run(options);
    report.put(
        cell.section(options, results, "benchmarks/compare --cells " + cell.id(), loadBefore));
    for (CellBar bar : cell.bars()) {
      Section.Bar judged = bar.judge(results);
      System.out.printf(
          Locale.ROOT,
          "%s: %s: %s%n",
          judged.holds() ? "holds" : "FALLS SHORT",
          judged.promise(),
          judged.value());
    }
    return !results.anyFailed();
  }

  private List<String> more(Cell cell, String jdk) {
    List<String> more = new ArrayList<>(List.of("--java-home", jdk));
    if (quick) {
      long records = cell.options(List.of()).loader().records();
      more.addAll(List.of("--records", Long.toString(records / 10), "--rounds", "3"));
    }
    if (given.containsKey("rounds")) {
      more.addAll(List.of("--rounds", given.get("rounds")));
    }
    return more;
  }

  private List<Cell> cells() {
    if (!given.containsKey("cells")) {
      return quick ? Cells.QUICK : Cells.ALL;
    }
    return Arrays.stream(given.get("cells").split(","))
        .map(
            name ->
                Cells.ALL.stream()
                    .filter(cell -> cell.id().equals(name))
                    .findFirst()
                    .orElseThrow(
                        () ->
                            new IllegalArgumentException("there is no cell " + name + "; " + HELP)))
        .toList();
  }
}
