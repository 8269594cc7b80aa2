package run.algo.sdk.kafka.internal.execute;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.kafka.internal.record.Failure;
import run.algo.sdk.kafka.internal.record.FailureReason;
import run.algo.sdk.spi.RetryDecision;
import run.algo.sdk.spi.RetryPolicy;

/** Tries failed records again, as long as their input's policy says so. */
final class RetryHandler implements FailureHandler {

  private final Map<String, Strategy> strategies;
  private final FailureClasses classes;
  private final FailureRules.Counter counter;
  private final @Nullable OutageFuse fuse;
  private final FailureHandler halt = new HaltOnFailure();
  private final FailureHandler otherwise;

  /**
   * How the failures of one input topic are retried.
   *
   * @param policy decides
   * @param retrier carries the record to where it waits
   */
  record Strategy(RetryPolicy policy, Retrier retrier) {}

  /**
   * A handler.
   *
   * @param strategies by input topic; failures of the others are not retried
   * @param classes which failures are retried at all
   * @param counter is told of each retry
   * @param fuse tells an outage from bad records; null where nobody asks
   * @param otherwise takes what is not retried, or not any more
   */
  RetryHandler(
      Map<String, Strategy> strategies,
      FailureClasses classes,
      FailureRules.Counter counter,
      @Nullable OutageFuse fuse,
      FailureHandler otherwise) {
    this.strategies = Map.copyOf(strategies);
    this.classes = classes;
    this.counter = counter;
    this.fuse = fuse;
    this.otherwise = otherwise;
  }

  @Override
  public void failed(Execution execution, Failure failure) {
    if (gatheredInVain(execution, failure)) {
      inconclusive();
      otherwise.failed(execution, failure);
      return;
    }
    switch (classes.of(failure)) {
      case HALT -> {
        inconclusive();
        halt.failed(execution, failure);
      }
      case DEAD_LETTER -> {
        inconclusive();
        otherwise.failed(execution, failure);
      }
      case RETRY -> {
        if (!waitsForOutage(execution, failure)) {
          retry(execution, failure);
        }
      }
    }
  }

  private void inconclusive() {
    if (fuse != null) {
      fuse.inconclusive();
    }
  }

  /** Records that have waited too long for their trace were not executed, and will not be. */
  private static boolean gatheredInVain(Execution execution, Failure failure) {
    return failure.reason() == FailureReason.TIMEOUT
        && !execution.isLoading()
        && failure.attempts() == execution.tries().executions();
  }

  /** While a dependency is down no try is used up. */
  private boolean waitsForOutage(Execution execution, Failure failure) {
    Optional<Duration> wait =
        fuse == null || !execution.repeatable()
            ? Optional.empty()
            : fuse.failed(scope(execution), failure.cause());
    wait.ifPresent(time -> execution.failedAgain(execution.tries(), time));
    return wait.isPresent();
  }

  /** A record without a key is alone, however often it fails. */
  private static int scope(Execution execution) {
    byte[] key = execution.record.key();
    return key == null ? execution.position().hashCode() : Arrays.hashCode(key);
  }

  private void retry(Execution execution, Failure failure) {
    Strategy strategy = execution.repeatable() ? strategies.get(execution.route.inputTopic) : null;
    RetryDecision decision =
        strategy == null
            ? new RetryDecision.Exhausted()
            : strategy.policy().onFailure(execution.tries().state());
    if (strategy != null && decision instanceof RetryDecision.Retry retry) {
      counter.retried(retry.step().index(), retry.retryNum());
      strategy.retrier().retry(execution, failure, retry);
    } else {
      otherwise.failed(execution, failure);
    }
  }
}
