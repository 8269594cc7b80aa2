package run.algo.sdk.benchmarks.process;

import java.util.List;

/**
 * A {@link Comparison} by options. {@code --help} tells them; ends with 1 when a run failed, with 2
 * when an option is wrong.
 */
final class Compare {

  private Compare() {}

  /**
   * Runs a comparison.
   *
   * @param args see {@link Options#HELP}
   */
  public static void main(String[] args) throws Exception {
    if (List.of(args).contains("--help")) {
      System.out.println(Options.HELP);
      return;
    }
    Options options;
    try {
      options = Options.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\n\n" + Options.HELP);
      System.exit(2);
      return;
    }
    System.exit(Comparison.run(options).anyFailed() ? 1 : 0);
  }
}
