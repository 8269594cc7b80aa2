package run.algo.sdk.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import run.algo.sdk.spi.RetryDecision;
import run.algo.sdk.spi.RetryPlan;
import run.algo.sdk.spi.RetryPolicy;
import run.algo.sdk.spi.RetryPolicyProvider;
import run.algo.sdk.spi.RetryState;
import run.algo.sdk.spi.RetryStep;

/**
 * Stands for the module with the retry policies, which this one must not depend on: each step as
 * often as it says, one after the other.
 */
public final class StepPolicies implements RetryPolicyProvider {

  @Override
  public RetryPolicy create(RetryPlan plan) {
    List<RetryStep> steps =
        plan.steps().stream().sorted(Comparator.comparingInt(RetryStep::index)).toList();
    return state -> {
      for (RetryStep step : steps) {
        if (!(state instanceof RetryState.After after) || step.index() > after.stepIndex()) {
          return new RetryDecision.Retry(step, 1);
        }
        if (step.index() == after.stepIndex() && after.retryNum() < step.tries()) {
          return new RetryDecision.Retry(step, after.retryNum() + 1);
        }
      }
      return new RetryDecision.Exhausted();
    };
  }

  /**
   * Lets what this thread starts find these policies as it would find the module's.
   *
   * @return ends that
   */
  static Installation install() {
    try {
      Path folder = Files.createTempDirectory("policies");
      Path services = Files.createDirectories(folder.resolve("META-INF/services"));
      Path file = services.resolve(RetryPolicyProvider.class.getName());
      Files.writeString(file, StepPolicies.class.getName());
      for (Path each = file; !each.equals(folder.getParent()); each = each.getParent()) {
        each.toFile().deleteOnExit();
      }
      Thread thread = Thread.currentThread();
      ClassLoader before = thread.getContextClassLoader();
      thread.setContextClassLoader(
          new URLClassLoader(new URL[] {url(folder)}, StepPolicies.class.getClassLoader()));
      return () -> thread.setContextClassLoader(before);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static URL url(Path folder) throws MalformedURLException {
    return folder.toUri().toURL();
  }

  /** These policies are found until it is closed. */
  interface Installation extends AutoCloseable {
    @Override
    void close();
  }
}
