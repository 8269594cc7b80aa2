package run.algo.sdk.kafka;

import java.util.stream.Collectors;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.Pipe;

/** The program of a {@link ChildJvm} that writes of each execution which records it was about. */
final class GatheringAlgo {

  static final Pipe<String> LEFT = Pipe.text("left");
  static final Pipe<String> RIGHT = Pipe.text("right");
  static final Pipe<String> OUT = Pipe.text("out");

  private GatheringAlgo() {}

  /**
   * Runs.
   *
   * @param arguments none
   */
  public static void main(String[] arguments) {
    AlgoMain.run(
        AlgoRunner.builder()
            .input(LEFT, (text, context) -> gather(context), OUT)
            .input(RIGHT, (text, context) -> gather(context), OUT));
  }

  private static String gather(AlgoContext context) {
    return context.traceId()
        + "="
        + context.gathered().stream()
            .map(record -> String.valueOf(record.value()))
            .collect(Collectors.joining(","));
  }
}
