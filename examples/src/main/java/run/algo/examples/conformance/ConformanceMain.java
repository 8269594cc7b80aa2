package run.algo.examples.conformance;

import run.algo.sdk.AlgoConfigurationException;
import run.algo.sdk.kafka.AlgoMain;
import run.algo.sdk.kafka.AlgoRunner;
import run.algo.sdk.kafka.AlgoRunnerBuilder;
import run.algo.sdk.kafka.RunnerState;
import run.algo.sdk.kafka.config.Setting;

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
    ConformanceSettings settings;
    try {
      settings = ConformanceSettings.read(System.getenv());
    } catch (AlgoConfigurationException e) {
      System.err.println(e.getMessage());
      System.exit(AlgoConfigurationException.EXIT_CODE);
      throw e; // not reached
    }
    AlgoMain.run(
        input(AlgoRunner.builder(), settings)
            .optionalOutput(Table.RESULTS)
            .optionalOutput(Table.FILES)
            .onState(ConformanceMain::tell));
  }

  private static AlgoRunnerBuilder input(AlgoRunnerBuilder builder, ConformanceSettings settings) {
    if (settings.batch() > 0) {
      builder.set(Setting.BATCH_SIZE, Integer.toString(settings.batch()));
    }
    return settings.files() ? files(builder, settings) : commands(builder, settings);
  }

  /** The same table in each of the SDK's forms. */
  private static AlgoRunnerBuilder commands(
      AlgoRunnerBuilder builder, ConformanceSettings settings) {
    if (settings.async()) {
      return builder.asyncInput(Table.COMMANDS, new ConformanceAsyncAlgo());
    }
    return settings.batch() > 0
        ? builder.batchInput(Table.COMMANDS, new ConformanceBatchAlgo())
        : builder.input(Table.COMMANDS, new ConformanceAlgo());
  }

  /** The row {@code read}, as well. */
  private static AlgoRunnerBuilder files(AlgoRunnerBuilder builder, ConformanceSettings settings) {
    if (settings.async()) {
      return builder.asyncInput(ReadRow.FILES_IN, ReadRow.async());
    }
    return settings.batch() > 0
        ? builder.batchInput(ReadRow.FILES_IN, ReadRow.batch())
        : builder.input(ReadRow.FILES_IN, ReadRow.sync());
  }

  private static void tell(RunnerState state) {
    if (state == RunnerState.RUNNING) {
      System.out.println("READY");
      System.out.flush();
    }
  }
}
