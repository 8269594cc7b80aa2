package run.algo.sdk.kafka;

import run.algo.sdk.Algo;
import run.algo.sdk.AlgoContext;

/** The program of a {@link ChildJvm} that fails every third record once, every ninth twice. */
final class RetryingAlgo implements Algo<String, String> {

  private RetryingAlgo() {}

  /** Runs. */
  public static void main(String[] arguments) {
    AlgoMain.run(new RetryingAlgo());
  }

  @Override
  public String run(String text, AlgoContext context) {
    long offset = context.position().offset();
    int failures = offset % 9 == 0 ? 2 : offset % 3 == 0 ? 1 : 0;
    if (context.attempt() <= failures) {
      throw new IllegalStateException("not yet");
    }
    return Deployment.id(context.position());
  }
}
