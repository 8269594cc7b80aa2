package run.algo.sdk.benchmarks;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import run.algo.sdk.benchmarks.process.Cells;
import run.algo.sdk.benchmarks.report.Part;
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
        --rounds N          how often everything runs; each has its own default
        --rate N            records a second of the cell latency; by default half
                            of what its slowest arm can do
        --jdk PATH          the JDK of the arms: a newest one; by default the one
                            that runs this
        --jdk17 PATH        a JDK 17, for the cell of that name
        --report PATH       the page; docs/benchmarks.md by default"""
          .formatted(
              String.join(",\n                      ", Parts.ALL.stream().map(Part::id).toList()));

  private static final List<String> VALUES =
      List.of("--cells", "--rounds", "--rate", "--jdk", "--jdk17", "--report");

  private final Map<String, String> given;
  private final Part.Terms terms;
  private final Report report;

  private CompareCells(Map<String, String> given, boolean quick) {
    this.given = given;
    this.terms =
        new Part.Terms(
            Path.of(given.getOrDefault("jdk", System.getProperty("java.home"))),
            Optional.ofNullable(given.get(Cells.JDK_17)).map(Path::of),
            quick,
            given.containsKey("rounds")
                ? OptionalInt.of(Integer.parseInt(given.get("rounds")))
                : OptionalInt.empty(),
            given.containsKey("rate")
                ? OptionalLong.of(Long.parseLong(given.get("rate")))
                : OptionalLong.empty());
    this.report =
        new Report(
            Path.of(
                given.getOrDefault(
                    "report", quick ? "benchmarks/target/benchmarks.md" : "docs/benchmarks.md")),
            Parts.ORDER);
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
      } else if (VALUES.contains(args[i]) && i + 1 < args.length) {
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
    for (Part part : parts()) {
      Optional<String> missing = part.missing(terms);
      if (missing.isPresent()) {
        System.out.println(part.id() + " is left out: " + missing.get());
        continue;
      }
      System.out.printf(Locale.ROOT, "%n%s: %s%n", part.id(), part.title());
      Part.Outcome outcome = part.measure(terms);
      well &= outcome.well();
      report.put(outcome.section());
      for (Section.Bar bar : outcome.section().bars()) {
        System.out.printf(
            Locale.ROOT,
            "%s: %s: %s%n",
            bar.holds() ? "holds" : "FALLS SHORT",
            bar.promise(),
            bar.value());
      }
    }
    return well;
  }

  private List<Part> parts() {
    if (!given.containsKey("cells")) {
      return terms.quick() ? Parts.QUICK : Parts.ALL;
    }
    return Arrays.stream(given.get("cells").split(","))
        .map(
            name ->
                Parts.ALL.stream()
                    .filter(part -> part.id().equals(name))
                    .findFirst()
                    .orElseThrow(
                        () ->
                            new IllegalArgumentException("there is no cell " + name + "; " + HELP)))
        .toList();
  }
}
