package run.algo.examples.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.ConfigurationProblem;
import run.algo.sdk.kafka.AlgoMain;
import run.algo.sdk.kafka.AlgoRunner;
import run.algo.sdk.kafka.RunnerState;

/**
 * The conformance Algo as a process: {@code java -jar conformance-algo.jar}, configured by the
 * environment alone. Prints {@code READY} when partitions, perhaps none, were assigned for the
 * first time; drains on SIGTERM.
 */
public final class ConformanceMain {

  private ConformanceMain() {}

  /**
   * Runs until SIGTERM.
   *
   * @param args none
   */
  public static void main(String[] args) {
    List<ConfigurationProblem> later = unsupported(System.getenv());
    if (!later.isEmpty()) {
      System.err.println(new AlgoConfigurationException(later).getMessage());
      System.exit(AlgoConfigurationException.EXIT_CODE);
    }
    AlgoMain.run(
        AlgoRunner.builder()
            .input(ConformanceAlgo.COMMANDS, new ConformanceAlgo())
            .optionalOutput(ConformanceAlgo.RESULTS)
            .optionalOutput(ConformanceAlgo.FILES)
            .onState(ConformanceMain::tell));
  }

  private static void tell(RunnerState state) {
    if (state == RunnerState.RUNNING) {
      System.out.println("READY");
      System.out.flush();
    }
  }

  /** The forms that this version cannot serve. */
  static List<ConfigurationProblem> unsupported(Map<String, String> environment) {
    List<ConfigurationProblem> problems = new ArrayList<>();
    refuse(problems, environment, "CONFORMANCE_ASYNC", "false", "the asynchronous form");
    refuse(problems, environment, "CONFORMANCE_BATCH", "0", "the batch form");
    refuse(problems, environment, "CONFORMANCE_INPUT", "commands", "reading files");
    return problems;
  }

  private static void refuse(
      List<ConfigurationProblem> problems,
      Map<String, String> environment,
      String variable,
      String off,
      String what) {
    String value = environment.getOrDefault(variable, "").strip();
    if (!value.isEmpty() && !value.toLowerCase(Locale.ROOT).equals(off)) {
      problems.add(
          new ConfigurationProblem(
              variable, value, what + " comes with a later version of the SDK", "leave it unset"));
    }
  }
}
