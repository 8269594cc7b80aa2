package run.algo.sdk.retry;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.spi.RetryStep;

/**
 * Spends the time that all waits may take, step by step, when the policy is made. Reckons in
 * integers without bounds: the sum of allowed backoffs may exceed what a {@link Duration} holds.
 * Not thread-safe.
 */
final class Budget {

  private static final BigInteger NANOS_PER_SECOND = BigInteger.valueOf(1_000_000_000L);

  /** What is left; negative from the step on whose tries do not all fit; null without a bound. */
  private @Nullable BigInteger left;

  Budget(Optional<Duration> time) {
    this.left = time.map(Budget::nanos).orElse(null);
  }

  /** Spends all tries of the step, and tells how many of them could be afforded. */
  int spend(RetryStep step) {
    BigInteger before = left;
    if (before == null) {
      return step.tries();
    }
    BigInteger backoff = nanos(step.backoff());
    BigInteger tries = BigInteger.valueOf(step.tries());
    left = before.subtract(backoff.multiply(tries));
    if (before.signum() < 0) {
      return 0;
    }
    return backoff.signum() == 0 ? step.tries() : before.divide(backoff).min(tries).intValueExact();
  }

  private static BigInteger nanos(Duration time) {
    return BigInteger.valueOf(time.getSeconds())
        .multiply(NANOS_PER_SECOND)
        .add(BigInteger.valueOf(time.getNano()));
  }
}
