package run.algo.examples.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.ConfigurationProblem;

/**
 * The conformance Algo's own variables, {@code CONFORMANCE_*}.
 *
 * @param async whether the table is served by the asynchronous form
 * @param batch most records of a batch; 0 when it is not served by the batch form
 * @param files whether files are read in place of commands
 */
record ConformanceSettings(boolean async, int batch, boolean files) {

  private static final int LARGEST_BATCH = 1_000_000;

  /**
   * Reads the variables.
   *
   * @throws AlgoConfigurationException with all that is wrong
   */
  static ConformanceSettings read(Map<String, String> environment) {
    List<ConfigurationProblem> problems = new ArrayList<>();
    boolean async = async(environment, problems);
    int batch = batch(environment, problems);
    if (async && batch > 0) {
      problems.add(
          new ConfigurationProblem(
              "CONFORMANCE_BATCH",
              Integer.toString(batch),
              "the table is served by one form, and CONFORMANCE_ASYNC is true",
              "unset one of them"));
    }
    String input = text(environment, "CONFORMANCE_INPUT");
    if (!input.isEmpty() && !input.equals("commands") && !input.equals("files")) {
      problems.add(
          new ConfigurationProblem(
              "CONFORMANCE_INPUT",
              input,
              "there is no such input",
              "use commands or files, or leave it unset"));
    }
    if (!problems.isEmpty()) {
      throw new AlgoConfigurationException(problems);
    }
    return new ConformanceSettings(async, batch, input.equals("files"));
  }

  private static boolean async(
      Map<String, String> environment, List<ConfigurationProblem> problems) {
    String async = text(environment, "CONFORMANCE_ASYNC");
    if (!async.isEmpty() && !async.equals("true") && !async.equals("false")) {
      problems.add(
          new ConfigurationProblem(
              "CONFORMANCE_ASYNC", async, "it is no boolean", "use true or false"));
    }
    return async.equals("true");
  }

  private static int batch(Map<String, String> environment, List<ConfigurationProblem> problems) {
    String batch = text(environment, "CONFORMANCE_BATCH");
    try {
      int size = batch.isEmpty() ? 0 : Integer.parseInt(batch);
      if (size >= 0 && size <= LARGEST_BATCH) {
        return size;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    problems.add(
        new ConfigurationProblem(
            "CONFORMANCE_BATCH",
            batch,
            "it is no size of a batch",
            "use a whole number from 1 to " + LARGEST_BATCH + ", or 0 for no batches"));
    return 0;
  }

  private static String text(Map<String, String> environment, String variable) {
    return environment.getOrDefault(variable, "").strip().toLowerCase(Locale.ROOT);
  }
}
